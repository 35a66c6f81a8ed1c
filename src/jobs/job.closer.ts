import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Job } from 'bull';
import { ReplyError } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { type CompletedRun } from '../domain/completed-run';
import { type JobEnd, type JobFacts } from '../domain/job-record';
import { stateAfter } from '../domain/job-state';
import { persistently } from '../platform/redis/persistently';
import { unlessLate } from '../platform/within';
import { type Ending, type EndingReceipt, JobRecords } from '../records/job-records';
import { WebhookOutbox } from '../webhooks/webhook.outbox';
import { type QueuedExecution, queueKey, readQueuedExecution } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { describeEnd } from './job-line';
import { JobMetrics } from './job.metrics';

/** Redis normally notes an end in a millisecond. After this long it is away, and the caller need not wait for it. */
const RECORD_TIMEOUT_MS = 2_000;

/** A run of a job's program, as its worker knows it. */
export interface WorkersRun {
  /** Address of the worker. */
  readonly worker: string;
  /** Resolves once its start has been noted, and nothing else is before that; undefined when no program was started. */
  readonly startNoted: Promise<void> | undefined;
}

/** What must be so in Redis for this run to be how its job ends. */
function claimOf({ worker, startNoted }: WorkersRun): Pick<Ending, 'worker' | 'onlyFrom'> {
  return startNoted === undefined ? { onlyFrom: 'queued' } : { worker };
}

/** The one place where jobs end: notes it in the record, then tells everybody who waits for it. */
@Injectable()
export class JobCloser {
  private queueLength = 0;

  constructor(
    private readonly records: JobRecords,
    private readonly channel: InstanceChannel,
    private readonly webhooks: WebhookOutbox,
    private readonly metrics: JobMetrics,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(JobCloser.name);
  }

  /**
   * Ends a job that has been run, or was lost. With Redis away it goes on trying; the caller of a program that has run is
   * told after a while all the same if it can be, and then this is how the job ended, whoever else has run it meanwhile.
   * @param run null when it came to no outcome
   * @param by who ran it: ends the job only if it is still this run's
   * @returns false when it had ended before, or is another worker's
   */
  async close(facts: JobFacts, run: CompletedRun | null, by?: WorkersRun): Promise<boolean> {
    const ending = { jobId: facts.id, token: randomUUID(), finishedAtMs: Date.now(), run };
    let terms: Partial<Ending> = by === undefined ? {} : claimOf(by);
    const refused = Promise.withResolvers<null>();
    const attempt = async (): Promise<EndingReceipt> => {
      const sent = terms;
      const receipt = await this.records.end({ ...ending, ...sent }, queueKey('wait')).catch((error: unknown) => {
        if (error instanceof ReplyError) refused.resolve(null);
        throw error;
      });
      // Where its caller was told while this was on its way, the record is to say the same.
      return sent === terms ? receipt : attempt();
    };
    const recorded = this.record(attempt, by?.startNoted);
    recorded.catch((error: unknown) => {
      this.logger.error({ jobId: facts.id, err: error }, 'The end of a job could not be noted');
    });
    // A job that seems lost may have come to an outcome all the same: the record knows.
    const receipt = run === null ? await recorded : await this.receiptInTime(facts, recorded, refused.promise);
    if (receipt?.isLegal === false) return false;
    if (receipt === null) terms = { toldQueueLength: this.queueLength };
    this.tell(facts, ending, receipt);
    const { isLegal } = await recorded;
    if (isLegal) this.conclude(facts, ending);
    return isLegal;
  }

  /**
   * Ends a job that nobody has started.
   * @returns false when it had been started, or had ended
   * @throws Error when Redis is away: nobody has been told anything
   */
  async closeQueued(facts: JobFacts, run: CompletedRun | null): Promise<boolean> {
    const ending = { jobId: facts.id, token: randomUUID(), finishedAtMs: Date.now(), run, onlyFrom: 'queued' } as const;
    const receipt = await this.records.end(ending, queueKey('wait'));
    if (receipt.isLegal) {
      this.tell(facts, ending, receipt);
      this.conclude(facts, ending);
    }
    return receipt.isLegal;
  }

  /**
   * Closes a job that Bull has given up: its worker is gone; or it is over, and Bull could not note it. Never throws: one that
   * cannot be closed stays among the failed ones, where `LostJobWatch` finds it again, and keeps no other from being closed.
   */
  async closeFailed(job: Job<QueuedExecution>): Promise<void> {
    try {
      const queued = readQueuedExecution(job);
      if (queued !== null && (await this.close(queued.facts, null))) {
        this.logger.error({ jobId: job.id, reason: job.failedReason }, 'A job was lost');
      }
      await job.remove();
    } catch (error) {
      this.logger.warn({ jobId: job.id, err: error }, 'A failed job could not be closed');
    }
  }

  private async record(attempt: () => Promise<EndingReceipt>, startNoted?: Promise<void>): Promise<EndingReceipt> {
    await startNoted;
    return persistently(attempt);
  }

  /** Null when the caller is to be told before the end is noted. */
  private async receiptInTime(
    { replyTo }: JobFacts,
    recorded: Promise<EndingReceipt>,
    refused: Promise<null>,
  ): Promise<EndingReceipt | null> {
    if (replyTo === null) return recorded;
    const receipt = await unlessLate(RECORD_TIMEOUT_MS, recorded);
    if (receipt !== null || replyTo === this.channel.address) return receipt;
    // Other processes are told through Redis: sooner than it notes the end only where it refuses to write.
    return Promise.race([recorded, refused]);
  }

  /** Once a job, by whoever has ended it. Its result is in the outbox already: it only is to go out at once. */
  private conclude(facts: JobFacts, { run, finishedAtMs }: Ending): void {
    this.logger.info(describeEnd(facts, run, finishedAtMs), 'Job done');
    this.metrics.noteEnd(facts, run, finishedAtMs);
    if (facts.webhookUrl !== null) void this.webhooks.relay();
  }

  private tell(facts: JobFacts, { run, finishedAtMs }: Ending, receipt: EndingReceipt | null): void {
    this.queueLength = receipt?.queueLength ?? this.queueLength;
    const state = run === null ? 'lost' : stateAfter(run.execution.outcome);
    const end: JobEnd = { state, finishedAtMs, queueLength: this.queueLength, run };
    if (facts.replyTo !== null) void this.channel.send(facts.replyTo, 'ended', { jobId: facts.id, end });
  }
}
