import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Job } from 'bull';
import { PinoLogger } from 'nestjs-pino';
import { PublicError } from '../domain/error-catalogue';
import { type JobFacts, outlivesCaller } from '../domain/job-record';
import { JobRecords } from '../records/job-records';
import { WaitingJobs } from '../records/waiting-jobs';
import { AbsentWorkers } from './absent-workers';
import { EXECUTION_QUEUE, type ExecutionQueue, type QueuedExecution, queueKey } from './execution-queue';
import { JobCanceller } from './job.canceller';
import { JobCloser } from './job.closer';
import { JobLocks } from './job.locks';
import { PendingAnswers } from './pending-answers';

const SWEEP_INTERVAL_MS = 2_000;
const REMOVED_JOBS_INTERVAL_MS = 15_000;
const FAILED_JOBS_AT_ONCE = 100;
/** Jobs that wait and may have been removed by hand: so many are looked at, a millisecond of Redis' time. */
const WAITING_JOBS_AT_ONCE = 1_000;
/** A caller whose job no worker has taken for 15 minutes is told so, sooner where none takes any; the job is taken out if nobody else wants it. */
const MAX_QUEUE_WAIT_MS = 15 * 60_000;

/** Bull's method, which its types leave out: has jobs wait again that have no lock, or fails them. */
interface StalledJobCheck {
  moveUnlockedJobsToWait(): Promise<void>;
}

/**
 * Sees to it that nobody waits for ever. A message can be lost with a connection, a worker with its machine, and a job with
 * its Redis: jobs that are waited for longer than usual are looked at in Redis, again and again.
 */
@Injectable()
export class LostJobWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];
  /** The kinds of jobs that are being looked at. */
  private readonly underWay = new Set<string>();

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue & StalledJobCheck,
    private readonly records: JobRecords,
    private readonly waitingJobs: WaitingJobs,
    private readonly pending: PendingAnswers,
    private readonly closer: JobCloser,
    private readonly canceller: JobCanceller,
    private readonly workers: AbsentWorkers,
    private readonly locks: JobLocks,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(LostJobWatch.name);
  }

  onApplicationBootstrap(): void {
    this.timers.push(setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS).unref());
    this.timers.push(setInterval(() => void this.requeueAbandoned(), SWEEP_INTERVAL_MS).unref());
    this.timers.push(setInterval(() => void this.closeFailed(), SWEEP_INTERVAL_MS).unref());
    this.timers.push(setInterval(() => void this.closeRemoved(), REMOVED_JOBS_INTERVAL_MS).unref());
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Looks once at every job that is overdue. Never throws. */
  async sweep(): Promise<void> {
    // With Redis away none could be looked at, and each would be left alone for longer: soon after is soon enough.
    if (this.queue.client.status !== 'ready') return;
    await this.lookAt('Overdue jobs', async () => {
      for (const { facts, waitedMs } of this.pending.takeOverdue()) await this.look(facts, waitedMs);
    });
  }

  /** Has the jobs wait again whose workers are gone. Never throws. */
  async requeueAbandoned(): Promise<void> {
    await this.lookAt('Running jobs', async () => {
      await this.locks.unlockAbandoned();
      // Workers do this too, but there may be none left that could.
      await this.queue.moveUnlockedJobsToWait();
    });
  }

  /** Closes the jobs that have lost their workers too often. Never throws. */
  async closeFailed(): Promise<void> {
    await this.lookAt('Failed jobs', async () => {
      for (const job of await this.failedJobs()) await this.closer.closeFailed(job);
    });
  }

  /** Closes the jobs that somebody has removed from the queue by hand, and nobody waits for. Never throws. */
  async closeRemoved(): Promise<void> {
    await this.lookAt('Jobs that wait', async () => {
      for (const jobId of await this.waitingJobs.findRemoved(queueKey(''), WAITING_JOBS_AT_ONCE)) {
        const record = await this.records.find(jobId);
        if (record !== null && (await this.closer.close(record.facts, null))) {
          this.logger.warn({ jobId }, 'A job was removed from the queue by hand');
        }
      }
    });
  }

  /** Looks at jobs of a kind, unless the last look at them is still under way. Never throws. */
  private async lookAt(jobs: string, work: () => Promise<void>): Promise<void> {
    if (this.underWay.has(jobs)) return;
    this.underWay.add(jobs);
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, `${jobs} could not be looked at`);
    } finally {
      this.underWay.delete(jobs);
    }
  }

  private async failedJobs(): Promise<Job<QueuedExecution>[]> {
    // Bull's types do not say so: one that another process has seen to in the meantime is null.
    const jobs: (Job<QueuedExecution> | null)[] = await this.queue.getFailed(0, FAILED_JOBS_AT_ONCE - 1);
    return jobs.filter((job) => job !== null);
  }

  private async look(facts: JobFacts, waitedMs: number): Promise<void> {
    const record = await this.records.find(facts.id);
    if (record === null) this.pending.reject(facts.id, new Error(`Job ${facts.id} is gone from Redis`));
    // Who cancels a job tells its caller. One that a worker did not start, as this instance seemed gone to it, may come again.
    else if (record.end?.state === 'cancelled' && record.startedAtMs === null) {
      this.pending.reject(facts.id, new PublicError('queueUnavailable'));
    } else if (record.end !== null) this.pending.settle(facts.id, record.end);
    // Removed by an operator, say. One that has ended in the meantime stays as it is.
    else if ((await this.queue.client.exists(queueKey(facts.id))) === 0) await this.closer.close(facts, null);
    else if (record.state === 'queued' && (waitedMs > MAX_QUEUE_WAIT_MS || (await this.workers.areGone()))) {
      await this.withdraw(facts);
    }
  }

  private async withdraw(facts: JobFacts): Promise<void> {
    const isWanted = outlivesCaller(facts);
    // It may have been started at this moment.
    if (isWanted || (await this.canceller.takeBack(facts, null))) {
      this.pending.reject(facts.id, new PublicError('noWorker'));
    }
  }
}
