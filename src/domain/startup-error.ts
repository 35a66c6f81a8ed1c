/** The service cannot start, and the message tells the operator why and what to do. It is printed without a stack trace. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
