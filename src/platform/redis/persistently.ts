import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_INTERVAL_MS = 500;
/** An outage of Redis that lasts longer has lost what was in flight anyway. */
const GIVE_UP_AFTER_MS = 10 * 60_000;

/**
 * Does something that must not be left undone because Redis is away for a while. It may be done twice: say so to Redis.
 * @throws what the last attempt threw, after {@link GIVE_UP_AFTER_MS}
 */
export async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(RETRY_INTERVAL_MS, undefined, { ref: false });
    }
  }
}
