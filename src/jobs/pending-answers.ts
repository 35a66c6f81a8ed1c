import { type CompletedRun } from '../domain/execution-job';
import { type Reply } from './reply';

interface PendingAnswer {
  readonly since: number;
  /** When the job is to be looked at again, and how long to wait after that; grows with every look. */
  nextLookAt: number;
  lookInterval: number;
  resolve(run: CompletedRun): void;
  reject(error: Error): void;
}

/** A reply normally comes by itself: milliseconds before the job is looked at for the first time. */
const FIRST_LOOK_MS = 5_000;
const MAX_LOOK_INTERVAL_MS = 30_000;

/** The jobs whose callers this instance keeps waiting. Times are milliseconds of the monotonic clock. */
export class PendingAnswers {
  private readonly pending = new Map<string, PendingAnswer>();
  private readonly emptyListeners = new Set<() => void>();

  /** Resolves or rejects when the job is settled. Call it before the job is queued: its reply may be fast. */
  expect(jobId: string, now = performance.now()): Promise<CompletedRun> {
    const { promise, resolve, reject } = Promise.withResolvers<CompletedRun>();
    // Whoever asked may not have got as far as to await it when it is settled.
    promise.catch(() => undefined);
    const nextLookAt = now + FIRST_LOOK_MS;
    this.pending.set(jobId, { since: now, nextLookAt, lookInterval: FIRST_LOOK_MS, resolve, reject });
    return promise;
  }

  /** Passes a reply on. One for a job that nobody waits for, or no longer, is ignored. */
  settle(reply: Reply): void {
    const answer = this.take(reply.jobId);
    if ('run' in reply) answer?.resolve(reply.run);
    else answer?.reject(new Error(`Job ${reply.jobId} came to no outcome: ${reply.failure}`));
  }

  reject(jobId: string, error: Error): void {
    this.take(jobId)?.reject(error);
  }

  /** Jobs that have been waited for longer than usual since they were last looked at, with how long in all. */
  takeOverdue(now = performance.now()): { jobId: string; waitedMs: number }[] {
    const overdue = [];
    for (const [jobId, answer] of this.pending) {
      if (answer.nextLookAt > now) continue;
      answer.lookInterval = Math.min(answer.lookInterval * 2, MAX_LOOK_INTERVAL_MS);
      answer.nextLookAt = now + answer.lookInterval;
      overdue.push({ jobId, waitedMs: now - answer.since });
    }
    return overdue;
  }

  jobIds(): string[] {
    return [...this.pending.keys()];
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
