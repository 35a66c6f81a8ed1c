import { type ExecutionRequest } from './execution-request';
import { type Execution } from './outcome';

/** A request that has been accepted and waits for, or has, its run. */
export interface ExecutionJob {
  /** UUID; names the job on every instance. */
  readonly id: string;
  readonly request: ExecutionRequest;
  /** Name of the key that made it. */
  readonly callerName: string;
  /** When it was accepted, in milliseconds of the accepting machine's clock. */
  readonly acceptedAtMs: number;
}

/** What a worker knows of a job that it has run. */
export interface CompletedRun {
  readonly execution: Execution;
  /** When its program started, in milliseconds of the worker's clock. */
  readonly startedAtMs: number;
}

/** Where a job's time went, in whole milliseconds: `totalMs` ≥ `queueMs` + `runMs`. */
export interface JobTimes {
  /** From accepted to started. */
  readonly queueMs: number;
  /** From started to the death of the program. */
  readonly runMs: number;
  /** From accepted to answered. */
  readonly totalMs: number;
}

/** A run and the circumstances in which it is answered. */
export interface AnsweredJob {
  readonly job: ExecutionJob;
  readonly execution: Execution;
  readonly times: JobTimes;
  /** Jobs that were waiting when the answer was made. */
  readonly queueLength: number;
}
