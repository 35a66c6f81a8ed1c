import { getEventListeners } from 'node:events';
import { CancelledError, unlessCancelled } from './cancellation';

describe(unlessCancelled.name, () => {
  let cancellation: AbortController;
  const never = new Promise<never>(() => undefined);

  beforeEach(() => {
    cancellation = new AbortController();
  });

  afterEach(() => {
    expect(getEventListeners(cancellation.signal, 'abort')).toEqual([]);
  });

  it('gives what it waits for', async () => {
    expect(await unlessCancelled(Promise.resolve(1), cancellation.signal)).toBe(1);
    expect(await unlessCancelled(Promise.resolve(1), undefined)).toBe(1);
  });

  it('fails as what it waits for fails', async () => {
    await expect(unlessCancelled(Promise.reject(new Error('no')), cancellation.signal)).rejects.toThrow('no');
  });

  it('waits no longer once it is cancelled', async () => {
    const waiting = unlessCancelled(never, cancellation.signal);
    cancellation.abort();
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
  });

  it('does not wait when it was cancelled before, nor leaves a failure unheard', async () => {
    cancellation.abort();
    for (const awaited of [never, Promise.resolve(1), Promise.reject(new Error('unheard'))]) {
      await expect(unlessCancelled(awaited, cancellation.signal)).rejects.toBeInstanceOf(CancelledError);
    }
  });
});
