/** A run was cancelled before its program had been started. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/**
 * What `awaited` gives, as long as nobody cancels; leaves no listener on the signal.
 * @throws CancelledError as soon as the signal is aborted
 */
export async function unlessCancelled<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return awaited;
  const cancelled = Promise.withResolvers<never>();
  const leave = (): void => {
    cancelled.reject(new CancelledError());
  };
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([cancelled.promise, awaited]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
