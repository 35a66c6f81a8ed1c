import { type QueueOptions } from 'bull';
import { type Settings } from '../config/settings';
import { queueConnections } from '../platform/redis/queue-connections';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { defineAdmission } from './admission';

/** A worker that has not been heard of for this long has lost its jobs. */
export const LOCK_DURATION_MS = 30_000;
const LOCK_RENEW_INTERVAL_MS = 10_000;
/** How often jobs of lost workers are looked for. */
const STALLED_CHECK_INTERVAL_MS = 15_000;
/** Wait of a slot of the worker after an error of Redis. */
const RETRY_DELAY_MS = 500;

/** Options of the execution queue. */
export function queueOptions(connections: RedisConnections, settings: Settings): QueueOptions {
  defineAdmission(connections.commands, settings.maxQueueLength);
  return {
    ...queueConnections(connections),
    // What is known of a job is in its record. One that failed stays until that has been seen to.
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: false },
    settings: {
      // A job whose worker was lost is reported as failed, not run again: without a fence two workers might answer it.
      maxStalledCount: 0,
      lockDuration: LOCK_DURATION_MS,
      lockRenewTime: LOCK_RENEW_INTERVAL_MS,
      stalledInterval: STALLED_CHECK_INTERVAL_MS,
      retryProcessDelay: RETRY_DELAY_MS,
    },
  };
}
