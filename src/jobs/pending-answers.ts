import { type JobEnd, type JobFacts } from '../domain/job-record';

interface PendingAnswer {
  readonly facts: JobFacts;
  readonly since: number;
  /** When the job is to be looked at again, and how long to wait after that; grows with every look. */
  nextLookAt: number;
  lookInterval: number;
  resolve(end: JobEnd): void;
  reject(error: Error): void;
}

/** A reply normally comes by itself: milliseconds before the job is looked at for the first time. */
const FIRST_LOOK_MS = 5_000;
const MAX_LOOK_INTERVAL_MS = 30_000;

/** The jobs whose callers this instance keeps waiting. Times are milliseconds of the monotonic clock. */
export class PendingAnswers {
  private readonly pending = new Map<string, PendingAnswer>();
  private readonly emptyListeners = new Set<() => void>();

  /** Resolves or rejects when the job is settled. Call it before the job is queued: its end may be fast. */
  expect(facts: JobFacts, now = performance.now()): Promise<JobEnd> {
    const { promise, resolve, reject } = Promise.withResolvers<JobEnd>();
    // Whoever asked may not have got as far as to await it when it is settled.
    promise.catch(() => undefined);
    const nextLookAt = now + FIRST_LOOK_MS;
    this.pending.set(facts.id, { facts, since: now, nextLookAt, lookInterval: FIRST_LOOK_MS, resolve, reject });
    return promise;
  }

  /** Passes an end on. One of a job that nobody waits for, or no longer, is ignored. */
  settle(jobId: string, end: JobEnd): void {
    this.take(jobId)?.resolve(end);
  }

  reject(jobId: string, error: Error): void {
    this.take(jobId)?.reject(error);
  }

  /** Nobody waits any more. */
  forget(jobId: string): void {
    this.take(jobId);
  }

  /** Jobs that have been waited for longer than usual since they were last looked at, with how long in all. */
  takeOverdue(now = performance.now()): { facts: JobFacts; waitedMs: number }[] {
    const overdue = [];
    for (const answer of this.pending.values()) {
      if (answer.nextLookAt > now) continue;
      answer.lookInterval = Math.min(answer.lookInterval * 2, MAX_LOOK_INTERVAL_MS);
      answer.nextLookAt = now + answer.lookInterval;
      overdue.push({ facts: answer.facts, waitedMs: now - answer.since });
    }
    return overdue;
  }

  jobs(): JobFacts[] {
    return [...this.pending.values()].map(({ facts }) => facts);
  }

  /** Resolves once nobody waits. */
  async whenEmpty(): Promise<void> {
    if (this.pending.size === 0) return;
    await new Promise<void>((resolve) => this.emptyListeners.add(resolve));
  }

  private take(jobId: string): PendingAnswer | undefined {
    const answer = this.pending.get(jobId);
    this.pending.delete(jobId);
    if (this.pending.size === 0) {
      for (const listener of this.emptyListeners) listener();
      this.emptyListeners.clear();
    }
    return answer;
  }
}
