import { type QueueOptions } from 'bull';
import { type Settings } from '../config/settings';
import { queueConnections } from '../platform/redis/queue-connections';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { defineAdmission } from './admission';
import { defineRequeue } from './requeue';

/** A worker that hangs for this long has lost its jobs. */
export const LOCK_DURATION_MS = 15_000;
export const LOCK_RENEW_INTERVAL_MS = 5_000;
/** How often jobs without a lock are looked for, by all instances together. */
const STALLED_CHECK_INTERVAL_MS = 2_000;
/** A job that has cost two workers their lives does not get a third. */
const MAX_LOST_WORKERS = 1;
/** Never: the longest that a timer can wait. `JobLocks` renews locks. */
const NEVER_MS = 2 ** 31 - 1;
/** Wait of a slot of the worker after an error of Redis. */
const RETRY_DELAY_MS = 500;

/** Options of the execution queue. */
export function queueOptions(connections: RedisConnections, settings: Settings): QueueOptions {
  defineAdmission(connections.commands, settings.maxQueueLength);
  defineRequeue(connections.commands);
  return {
    ...queueConnections(connections),
    // What is known of a job is in its record. One that failed stays until that has been seen to.
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: false },
    settings: {
      maxStalledCount: MAX_LOST_WORKERS,
      lockDuration: LOCK_DURATION_MS,
      lockRenewTime: NEVER_MS,
      stalledInterval: STALLED_CHECK_INTERVAL_MS,
      retryProcessDelay: RETRY_DELAY_MS,
    },
  };
}
