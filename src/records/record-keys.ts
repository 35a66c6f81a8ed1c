import { hash } from 'node:crypto';
import { KEY_PREFIX } from '../platform/redis/key-prefix';

/** What stands before the id of a job in the key of its record. */
export const RECORD_PREFIX = `${KEY_PREFIX}:jobs:`;

/** Names of the deliveries that have not been handed to the delivery queue yet, by time; see {@link jobOfDelivery}. */
export const OUTBOX_KEY = `${KEY_PREFIX}:webhooks:outbox`;

/** The jobs that are queued, by the time of their acceptance: members are a job's id and the name of its key. */
export const WAITING_KEY = `${KEY_PREFIX}:waiting`;

/** How many jobs of each key are queued, by the key's name; those with none are not in it. */
export const WAITING_BY_CALLER_KEY = `${KEY_PREFIX}:waiting:callers`;

/** How long the last programs ran that ended while others waited, in milliseconds, the latest first. */
export const RUN_TIMES_KEY = `${KEY_PREFIX}:waiting:run-times`;

/** Names of the deliveries that are to be made, handed over or not, by the time that they were asked for (Redis' clock, in milliseconds). */
export const PENDING_DELIVERIES_KEY = `${KEY_PREFIX}:webhooks:pending`;

/** What stands before the id of a job in the name of the channel that its output is told on. */
export const OUTPUT_CHANNEL_PREFIX = `${KEY_PREFIX}:output:`;

/** Name of the channel that a job's output is told on, to those who follow it. */
export function outputChannel(jobId: string): string {
  return OUTPUT_CHANNEL_PREFIX + jobId;
}

/** The last message on that channel, when the job was followed: its record has the rest. */
export const JOB_ENDED = 'ended';

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
