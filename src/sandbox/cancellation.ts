import { untilAborted } from '../platform/until-aborted';

/** A run was cancelled before its program had been started. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/**
 * What `awaited` gives, as long as nobody cancels; leaves no listener on the signal.
 * @throws CancelledError as soon as the signal is aborted
 */
export function unlessCancelled<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? awaited : untilAborted(awaited, signal, () => new CancelledError());
}
