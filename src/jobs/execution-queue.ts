import { hash } from 'node:crypto';
import { type Queue } from 'bull';
import { type ExecutionJob } from '../domain/execution-job';

/** The queue that all executions of all instances go through. */
export const EXECUTION_QUEUE = 'execution';

/** Prefix of all keys in Redis. */
export const KEY_PREFIX = 'pyexec';

/** Names the queue as an integer from 1 to 2^31 − 1, the same on every instance and after every restart. */
export const QUEUE_ID = (Number.parseInt(hash('sha256', EXECUTION_QUEUE).slice(0, 8), 16) % (2 ** 31 - 1)) + 1;

/** What travels through the queue: a job, whose id is Bull's own, and where its answer is awaited. */
export interface QueuedExecution extends Omit<ExecutionJob, 'id'> {
  /** Address of the instance that holds the caller's connection. */
  readonly replyTo: string;
}

export type ExecutionQueue = Queue<QueuedExecution>;

/** Key of one of Bull's structures, or of one job, in the execution queue. */
export function queueKey(part: string): string {
  return `${KEY_PREFIX}:${EXECUTION_QUEUE}:${part}`;
}

/**
 * A job's data as read from Redis. A job that is removed between being taken and being locked arrives as `{}`.
 * @throws Error when it is not an execution
 */
export function readQueuedExecution(data: unknown): QueuedExecution {
  const queued = data as Partial<QueuedExecution> | null;
  const request = queued?.request;
  if (typeof request?.code !== 'string' || !Number.isInteger(request.timeoutSeconds)) {
    throw new Error('A job without a program was taken from the queue');
  }
  return queued as QueuedExecution;
}
