/** The service cannot start, and the message tells the operator why and what to do. It is printed without a stack trace. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}

/** What an error is called, without its text: that may repeat the value of a setting, which must not be printed. */
export function errorName(error: unknown): string {
  const { code, signal, message, name } = error as Error & { code?: unknown; signal?: unknown };
  if (typeof code === 'string') return code;
  if (typeof code === 'number') return `exit code ${code}`;
  if (typeof signal === 'string') return signal;
  // What Redis says begins with such a word: NOAUTH, WRONGPASS.
  return /^[A-Z]{3,}\b/.exec(message)?.[0] ?? name;
}
