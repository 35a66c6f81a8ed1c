import { type CompletedRun, type ExecutionJob, type JobTimes } from './execution-job';

/**
 * Where a job's time went. The machine that accepted a job and the one that ran it may disagree on the time of day: the
 * wait is cut so that it fits between zero and what the run leaves of the total.
 * @param totalMs milliseconds from accepted to answered, on the accepting machine's monotonic clock
 */
export function measureJob(job: ExecutionJob, run: CompletedRun, totalMs: number): JobTimes {
  const runMs = Math.round(run.execution.runTimeMs);
  const roundedTotalMs = Math.max(Math.round(totalMs), runMs);
  const waitedMs = Math.round(run.startedAtMs - job.acceptedAtMs);
  const queueMs = Math.min(Math.max(waitedMs, 0), roundedTotalMs - runMs);
  return { queueMs, runMs, totalMs: roundedTotalMs };
}
