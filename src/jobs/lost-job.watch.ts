import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { PublicError } from '../domain/error-catalogue';
import { RedisConnections } from '../platform/redis/redis-connections';
import { CompletedRunStore } from './completed-run.store';
import { EXECUTION_QUEUE, type ExecutionQueue, queueKey } from './execution-queue';
import { PendingAnswers } from './pending-answers';

const SWEEP_INTERVAL_MS = 2_000;
/** A job that no worker has taken for this long is taken out, and its caller told: 15 minutes. */
const MAX_QUEUE_WAIT_MS = 15 * 60_000;

/** Bull's method, which its types leave out: fails the jobs of lost workers. */
interface StalledJobCheck {
  moveUnlockedJobsToWait(): Promise<void>;
}

/**
 * Sees to it that nobody waits for ever. A reply can be lost with a connection, a worker with its machine, and a job with
 * its Redis: jobs that are waited for longer than usual are looked at in Redis, again and again.
 */
@Injectable()
export class LostJobWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping = false;

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue & StalledJobCheck,
    private readonly connections: RedisConnections,
    private readonly runs: CompletedRunStore,
    private readonly pending: PendingAnswers,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(LostJobWatch.name);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Looks once at every job that is overdue. Never throws: with Redis away the next sweep tries again. */
  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      const overdue = this.pending.takeOverdue();
      // Workers do this too, but there may be none left that could.
      if (overdue.length > 0) await this.queue.moveUnlockedJobsToWait();
      for (const { jobId, waitedMs } of overdue) await this.look(jobId, waitedMs);
    } catch (error) {
      this.logger.warn({ err: error }, 'Overdue jobs could not be looked at');
    } finally {
      this.sweeping = false;
    }
  }

  private async look(jobId: string, waitedMs: number): Promise<void> {
    const [addedAt, startedAt, finishedAt, failedReason] = await this.connections.commands.hmget(
      queueKey(jobId),
      ...['timestamp', 'processedOn', 'finishedOn', 'failedReason'],
    );
    if (addedAt === null) await this.settleEnded(jobId, 'it is gone from Redis');
    else if (failedReason) await this.settleEnded(jobId, failedReason);
    else if (finishedAt) await this.settleEnded(jobId, 'its outcome is gone from Redis');
    else if (!startedAt && waitedMs > MAX_QUEUE_WAIT_MS) await this.withdraw(jobId);
  }

  /** The outcome, where one is kept, counts for more than what Bull has noted: Redis may have been away at the end. */
  private async settleEnded(jobId: string, failure: string): Promise<void> {
    const run = await this.runs.find(jobId);
    this.pending.settle(run === null ? { jobId, failure } : { jobId, run });
  }

  private async withdraw(jobId: string): Promise<void> {
    await (await this.queue.getJob(jobId))?.remove();
    this.pending.reject(jobId, new PublicError('noWorker'));
  }
}
