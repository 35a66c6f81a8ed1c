import { type JobOptions, type Queue, type QueueOptions } from 'bull';
import { queueConnections } from '../platform/redis/queue-connections';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { Postponement } from './postponement';

/** The queue that all deliveries of all instances go through. */
export const WEBHOOK_QUEUE = 'webhook';

/** A delivery in the queue; everything else about it is in the job's record. */
export interface QueuedDelivery {
  readonly jobId: string;
}

export type WebhookQueue = Queue<QueuedDelivery>;

/** Longer than one try lasts. */
const LOCK_DURATION_MS = 30_000;
/** Wait after a failure of ours, such as Redis being away. */
const FAULT_DELAY_MS = 1_000;
const POSTPONED = 'postponed';

/**
 * How many tries there are is counted in the record: Bull counts the times that it takes a delivery up, which is more often,
 * and may do so without end.
 */
export const DELIVERY_OPTIONS: JobOptions = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: POSTPONED },
  stackTraceLimit: 1,
  removeOnComplete: true,
  removeOnFail: true,
};

/** Options of the webhook queue. */
export function webhookQueueOptions(connections: RedisConnections): QueueOptions {
  return {
    ...queueConnections(connections),
    settings: {
      lockDuration: LOCK_DURATION_MS,
      stalledInterval: LOCK_DURATION_MS / 2,
      // A delivery whose process ended is made by another one, however often.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      backoffStrategies: {
        [POSTPONED]: (_attempts: number, error: Error) =>
          error instanceof Postponement ? error.delayMs : FAULT_DELAY_MS,
      },
    },
  };
}
