import { type Redis } from 'ioredis';
import { type JobFacts, type JobRecord } from '../../src/domain/job-record';
import { type FinalState, isFinal, type JobState } from '../../src/domain/job-state';
import { type Outcome } from '../../src/domain/outcome';
import { admissionOf, lockKey } from '../../src/jobs/execution-queue';
import { LOCK_DURATION_MS } from '../../src/jobs/queue-options';
import { type RedisConnections } from '../../src/platform/redis/redis-connections';
import { type Ending, type JobRecords, type JobStart } from '../../src/records/job-records';
import { ADMIT } from '../../src/records/record-scripts';
import { CANCELLED, RETURNED, sampleRun } from './sample-job';

export const WORKER = 'the worker';
export const WAIT_KEY = 'wait';

const OUTPUT = { stdout: 'partial', stderr: 'why' };
const OUTCOMES: Readonly<Record<Exclude<FinalState, 'lost'>, Outcome>> = {
  succeeded: RETURNED,
  failed: { kind: 'exited', exitCode: 3, message: null, ...OUTPUT },
  timed_out: { kind: 'timedOut', timeoutSeconds: 30, ...OUTPUT },
  cancelled: CANCELLED,
};

/** Makes a record as the admission does, with the script that it does it with. */
export async function admit(
  { commands }: RedisConnections,
  facts: JobFacts,
  idempotency?: { readonly key: string; readonly fingerprint: string },
): Promise<void> {
  const admission = JSON.stringify(admissionOf(facts, 0, idempotency));
  await commands.eval(`${ADMIT} admit(ARGV[1], cjson.decode(ARGV[2]), 0)`, 0, facts.id, admission);
}

/** An ending that leads into this state. */
export function endingIn(state: FinalState, jobId: string, differences: Partial<Ending> = {}): Ending {
  const run = state === 'lost' ? null : sampleRun(OUTCOMES[state]);
  return { jobId, token: 'token', finishedAtMs: 2_000, run, ...differences };
}

/** Starts a job as a worker that has locked it, and leaves its lock as it was. */
export async function startAs(records: JobRecords, jobId: string, worker: string, atMs: number): Promise<JobStart> {
  const { commands } = records as unknown as { readonly commands: Redis };
  const key = lockKey(jobId);
  const lock = await commands.getset(key, worker);
  const start = await records.start(jobId, worker, atMs, key);
  await (lock === null ? commands.del(key) : commands.set(key, lock, 'PX', LOCK_DURATION_MS));
  return start;
}

/** Leads a job that has just been admitted into a state. */
export async function bringTo(state: JobState, records: JobRecords, jobId: string): Promise<void> {
  if (state !== 'queued') await startAs(records, jobId, WORKER, 1_000);
  if (isFinal(state)) await records.end(endingIn(state, jobId, { token: 'first' }), WAIT_KEY);
}

/** A record that must be there. */
export async function recordOf(records: JobRecords, jobId: string): Promise<JobRecord> {
  const record = await records.find(jobId);
  if (record === null) throw new Error(`There is no record of ${jobId}`);
  return record;
}
