import { type Job, type JobOptions, type Queue } from 'bull';
import { type JobFacts } from '../domain/job-record';
import { KEY_PREFIX } from '../platform/redis/key-prefix';

/** The queue that all executions of all instances go through. */
export const EXECUTION_QUEUE = 'execution';

/** What travels through the queue: a program. Its facts travel with the admission. */
export interface QueuedExecution {
  readonly code: string;
}

export type ExecutionQueue = Queue<QueuedExecution>;

/** What the script that queues a job is told of it, see `admission`. Bull hands it on to the worker. */
export interface Admission {
  /** JSON of {@link JobFacts}, as the record keeps it. */
  readonly facts: string;
  /** Whether somebody is to be told of the result. */
  readonly isDelivered: boolean;
  /** Name of the key that it is of. */
  readonly caller: string;
  /** How many jobs of that key may wait; 0: any number. */
  readonly maxQueued: number;
  readonly acceptedAtMs: number;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
}

/** Bull keeps members of a job's options that it does not know. */
export type ExecutionOptions = JobOptions & { readonly admission: Admission };

/** What the admission is told of a job. @param maxQueued how many jobs of its key may wait; 0: any number */
export function admissionOf(facts: JobFacts, maxQueued = 0, idempotency?: Admission['idempotency']): Admission {
  const { callerName: caller, acceptedAtMs, webhookUrl } = facts;
  const admission = { facts: JSON.stringify(facts), isDelivered: webhookUrl !== null, caller, maxQueued, acceptedAtMs };
  return idempotency === undefined ? admission : { ...admission, idempotency };
}

/** Key of one of Bull's structures, or of one job, in the execution queue. */
export function queueKey(part: string): string {
  return `${KEY_PREFIX}:${EXECUTION_QUEUE}:${part}`;
}

/** Key of the lock that a worker has on a job. */
export function lockKey(jobId: string): string {
  return queueKey(`${jobId}:lock`);
}

/** A job's program and facts; null for one that was removed between being taken and being locked, which arrives empty. */
export function readQueuedExecution(
  job: Job<QueuedExecution>,
): (QueuedExecution & { readonly facts: JobFacts }) | null {
  const { code } = job.data as Partial<QueuedExecution>;
  const { admission } = job.opts as Partial<ExecutionOptions>;
  if (typeof code !== 'string' || admission === undefined) return null;
  return { code, facts: JSON.parse(admission.facts) as JobFacts };
}
