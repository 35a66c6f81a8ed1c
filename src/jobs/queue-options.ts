import { type QueueOptions } from 'bull';
import { type Settings } from '../config/settings';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { KEY_PREFIX } from './execution-queue';
import { boundExecutionQueue } from './queue-bound';

/** A worker that has not been heard of for this long has lost its jobs. */
export const LOCK_DURATION_MS = 30_000;
const LOCK_RENEW_INTERVAL_MS = 10_000;
/** How often jobs of lost workers are looked for. */
const STALLED_CHECK_INTERVAL_MS = 15_000;
/** Wait of a slot of the worker after an error of Redis. */
const RETRY_DELAY_MS = 500;

/** Options for Bull's queues: they share this process's connections, which whoever opened them closes. */
export function queueOptions(connections: RedisConnections, settings: Settings): QueueOptions {
  boundExecutionQueue(connections.commands, settings.maxQueueLength);
  const retention = { age: settings.jobRetentionSeconds };
  return {
    prefix: KEY_PREFIX,
    createClient: (type) => {
      if (type === 'client') return connections.commands;
      return type === 'subscriber' ? connections.subscriber : connections.openPatient();
    },
    // A job whose worker was lost is reported as failed, not run again: without a fence two workers might answer it.
    defaultJobOptions: { attempts: 1, removeOnComplete: retention, removeOnFail: retention },
    settings: {
      maxStalledCount: 0,
      lockDuration: LOCK_DURATION_MS,
      lockRenewTime: LOCK_RENEW_INTERVAL_MS,
      stalledInterval: STALLED_CHECK_INTERVAL_MS,
      retryProcessDelay: RETRY_DELAY_MS,
    },
  };
}
