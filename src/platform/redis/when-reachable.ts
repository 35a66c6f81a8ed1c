import { PublicError } from '../../domain/error-catalogue';
import { type RedisConnections } from './redis-connections';

/** How long a call waits for a Redis that is away: a restart takes less. */
export const REDIS_PATIENCE_MS = 500;

/** What ioredis says when a connection is gone, and Redis while it cannot serve (its source, `src/server.c`, `createSharedObjects`). */
const UNREACHABLE =
  /Connection is closed|Command timed out|Stream isn't writeable|max retries per request|OOM command not allowed|^(LOADING|READONLY|MASTERDOWN|MISCONF|CLUSTERDOWN|TRYAGAIN) /;

/**
 * Does for a caller what needs Redis.
 * @throws PublicError `queueUnavailable` when Redis is away, or goes away meanwhile; else what the work throws
 */
export async function whenReachable<T>(connections: RedisConnections, work: () => Promise<T>): Promise<T> {
  if (connections.pulse.hangs || !(await connections.ready(REDIS_PATIENCE_MS)))
    throw new PublicError('queueUnavailable');
  try {
    return await connections.pulse.unlessItHangs(work());
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    throw new PublicError('queueUnavailable', { cause: error });
  }
}

/** Whether an error says that Redis is away, or cannot serve. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && UNREACHABLE.test(error.message);
}
