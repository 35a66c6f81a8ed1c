import { hash } from 'node:crypto';
import { KEY_PREFIX } from '../platform/redis/key-prefix';

/** What stands before the id of a job in the key of its record. */
export const RECORD_PREFIX = `${KEY_PREFIX}:jobs:`;

/** Names of the deliveries that have not been handed to the delivery queue yet, by time; see {@link jobOfDelivery}. */
export const OUTBOX_KEY = `${KEY_PREFIX}:webhooks:outbox`;

/** Key of a job's record. */
export function recordKey(jobId: string): string {
  return RECORD_PREFIX + jobId;
}

/** Key of what an idempotency key stands for; of a fixed length, and each caller's own. */
export function idempotencyRecordKey(callerName: string, idempotencyKey: string): string {
  return `${KEY_PREFIX}:idempotency:${callerName}:${hash('sha256', idempotencyKey)}`;
}

/** Names a delivery. @param series 0 for a job's first, one more for each that is asked for again */
export function deliveryName(jobId: string, series: number): string {
  return `${jobId}.${series}`;
}

/** The id of the job that a delivery is of. */
export function jobOfDelivery(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}
