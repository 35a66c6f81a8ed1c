import { type DeliveryState, type DeliveryTry, type JobEnd, type JobFacts, type JobRecord } from '../domain/job-record';
import { isFinal, type JobState } from '../domain/job-state';
import { decodeRun } from './run.codec';

/** A record as Redis keeps it; see `record-scripts`. */
type RecordHash = Readonly<Record<string, Buffer | undefined>>;

/** Reads a record. @throws Error when it is something else */
export async function decodeRecord(hash: RecordHash): Promise<JobRecord> {
  const state = hash.state?.toString() as JobState;
  return {
    facts: JSON.parse(hash.facts?.toString() ?? '') as JobFacts,
    state,
    startedAtMs: readNumber(hash.startedAtMs),
    worker: hash.worker?.toString() ?? null,
    end: await readEnd(hash, state),
    delivery: readDelivery(hash),
  };
}

async function readEnd(hash: RecordHash, state: JobState): Promise<JobEnd | null> {
  if (!isFinal(state)) return null;
  return {
    state,
    finishedAtMs: readNumber(hash.finishedAtMs) ?? 0,
    queueLength: readNumber(hash.queueLength) ?? 0,
    run: hash.run === undefined ? null : await decodeRun(hash.run),
  };
}

function readDelivery(hash: RecordHash): JobRecord['delivery'] {
  if (hash.webhook === undefined) return null;
  const count = readNumber(hash.tries) ?? 0;
  const tries = Array.from({ length: count }, (_, index) => hash[`try:${index + 1}`]?.toString() ?? '');
  return {
    state: hash.webhook.toString() as DeliveryState,
    series: readNumber(hash.series) ?? 0,
    earlierTries: readNumber(hash.earlierTries) ?? 0,
    tries: tries.map((description) => JSON.parse(description) as DeliveryTry),
  };
}

function readNumber(bytes: Buffer | undefined): number | null {
  return bytes === undefined ? null : Number(bytes.toString());
}
