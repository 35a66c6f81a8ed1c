import { type Execution, NEVER_STARTED } from './outcome';

/** What a worker knows of a job that it has run. */
export interface CompletedRun {
  readonly execution: Execution;
  /** When its program started, in milliseconds of the worker's clock; null when none was started. */
  readonly startedAtMs: number | null;
}

/** That of a job which is cancelled before its program was started. */
export const NEVER_RUN: CompletedRun = { startedAtMs: null, execution: NEVER_STARTED };
