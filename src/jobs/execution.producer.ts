import { randomUUID } from 'node:crypto';
import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { PublicError } from '../domain/error-catalogue';
import { type AnsweredJob, type CompletedRun, type ExecutionJob } from '../domain/execution-job';
import { type ExecutionRequest } from '../domain/execution-request';
import { measureJob } from '../domain/job-times';
import { RedisConnections } from '../platform/redis/redis-connections';
import { EXECUTION_QUEUE, type ExecutionQueue } from './execution-queue';
import { PendingAnswers } from './pending-answers';
import { isQueueFull } from './queue-bound';
import { QueueLengthReader } from './queue-length.reader';
import { ReplyChannel } from './reply.channel';

/** How long a call waits for a Redis that is away: a restart takes less. */
const REDIS_PATIENCE_MS = 500;

/** A job in the queue. */
export interface AcceptedJob {
  readonly id: string;
  /** Settles when the job has been run. Rejects when the service fails it, never for its program's own faults. */
  readonly answer: Promise<AnsweredJob>;
}

/** Puts executions into the queue and waits for what comes of them. */
@Injectable()
export class ExecutionProducer implements OnModuleInit {
  private refusing = false;

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue,
    private readonly connections: RedisConnections,
    private readonly pending: PendingAnswers,
    private readonly replies: ReplyChannel,
    private readonly queueLength: QueueLengthReader,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(ExecutionProducer.name);
  }

  async onModuleInit(): Promise<void> {
    // An outage shows as one `error` per command that it fails; the connections log it as a whole.
    this.queue.on('error', (error) => {
      this.logger.debug({ err: error }, 'Bull met an error');
    });
    await this.replies.listen((reply) => {
      this.pending.settle(reply);
    });
  }

  /**
   * Queues an execution.
   * @throws PublicError `queueFull`, `queueUnavailable` or `shuttingDown`; the job has then not been accepted
   */
  async submit(request: ExecutionRequest, callerName: string): Promise<AcceptedJob> {
    if (this.refusing) throw new PublicError('shuttingDown');
    if (!(await this.connections.ready(REDIS_PATIENCE_MS))) throw new PublicError('queueUnavailable');
    const job: ExecutionJob = { id: randomUUID(), request, callerName, acceptedAtMs: Date.now() };
    const acceptedAt = performance.now();
    const run = this.pending.expect(job.id);
    await this.enqueue(job);
    return { id: job.id, answer: run.then((completed) => this.makeAnswer(job, completed, acceptedAt)) };
  }

  /** From now on nothing is accepted. */
  refuseNewJobs(): void {
    this.refusing = true;
  }

  /** Resolves when every accepted caller has its answer. */
  async whenAllAnswered(): Promise<void> {
    await this.pending.whenEmpty();
  }

  /** Takes back what still waits in the queue, and tells the callers that are left that the service is shutting down. */
  async abandonPending(): Promise<void> {
    const abandoned = this.pending.jobIds();
    // First of all, so that none begins once its caller has been told to come back. One that runs cannot be removed.
    await Promise.allSettled(abandoned.map(async (jobId) => (await this.queue.getJob(jobId))?.remove()));
    for (const jobId of abandoned) this.pending.reject(jobId, new PublicError('shuttingDown'));
  }

  private async enqueue(job: ExecutionJob): Promise<void> {
    const { id, ...queued } = job;
    try {
      await this.queue.add({ ...queued, replyTo: this.replies.address }, { jobId: id });
    } catch (error) {
      const refusal = new PublicError(isQueueFull(error) ? 'queueFull' : 'queueUnavailable', { cause: error });
      if (refusal.code !== 'queueFull') this.logger.warn({ err: error }, 'A job could not be queued');
      this.pending.reject(id, refusal);
      throw refusal;
    }
  }

  private async makeAnswer(job: ExecutionJob, run: CompletedRun, acceptedAt: number): Promise<AnsweredJob> {
    const queueLength = await this.queueLength.read();
    const times = measureJob(job, run, performance.now() - acceptedAt);
    return { job, execution: run.execution, times, queueLength };
  }
}
