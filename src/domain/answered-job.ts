import { type CompletedRun } from './completed-run';
import { type EndedJob, type JobEnd, type JobFacts } from './job-record';

/** Where a job's time went, in whole milliseconds: `totalMs` ≥ `queueMs` + `runMs`. */
export interface JobTimes {
  /** From accepted to started. */
  readonly queueMs: number;
  /** From started to the death of the program. */
  readonly runMs: number;
  /** From accepted to answered. */
  readonly totalMs: number;
}

/** A job that has ended, and the time it took. */
export interface AnsweredJob {
  readonly facts: JobFacts;
  readonly end: JobEnd;
  readonly times: JobTimes;
}

/** A job as it is answered to those who were not there: the times are those of its record, the same whenever it is asked for. */
export function answerFromRecord({ facts, end }: Pick<EndedJob, 'facts' | 'end'>): AnsweredJob {
  return { facts, end, times: measureJob(facts, end.run, end.finishedAtMs - facts.acceptedAtMs) };
}

/**
 * Where a job's time went. The machine that accepted a job and the one that ran it may disagree on the time of day: the
 * wait is cut so that it fits between zero and what the run leaves of the total.
 * @param totalMs milliseconds from accepted to answered
 */
export function measureJob(facts: JobFacts, run: CompletedRun | null, totalMs: number): JobTimes {
  const runMs = Math.round(run?.execution.runTimeMs ?? 0);
  const roundedTotalMs = Math.max(Math.round(totalMs), runMs);
  const longestWaitMs = roundedTotalMs - runMs;
  const startedAtMs = run?.startedAtMs ?? null;
  const waitedMs = startedAtMs === null ? longestWaitMs : Math.round(startedAtMs - facts.acceptedAtMs);
  return { queueMs: Math.min(Math.max(waitedMs, 0), longestWaitMs), runMs, totalMs: roundedTotalMs };
}
