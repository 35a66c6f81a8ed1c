import { hash, randomUUID } from 'node:crypto';
import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type AnsweredJob, answerFromRecord, measureJob } from '../domain/answered-job';
import { type Caller } from '../domain/caller';
import { PublicError } from '../domain/error-catalogue';
import { type ExecutionRequest } from '../domain/execution-request';
import { type JobEnd, type JobFacts, type JobRecord, outlivesCaller } from '../domain/job-record';
import { currentContext } from '../platform/logging/log-context';
import { type TraceContext } from '../domain/trace-context';
import { persistently } from '../platform/redis/persistently';
import { RedisConnections } from '../platform/redis/redis-connections';
import { REDIS_PATIENCE_MS, whenReachable } from '../platform/redis/when-reachable';
import { Tracing } from '../platform/tracing/tracing';
import { JobRecords } from '../records/job-records';
import { idempotencyRecordKey } from '../records/record-keys';
import { readFull, readRepeat, type RepeatedRequest } from './admission';
import { admissionOf, EXECUTION_QUEUE, type ExecutionOptions, type ExecutionQueue } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { startAddSpan } from './job-spans';
import { JobCanceller } from './job.canceller';
import { JobMetrics } from './job.metrics';
import { PendingAnswers } from './pending-answers';
import { QueueLengthReader } from './queue-length.reader';
import { QueuePace } from './queue-pace';

/** A request, who makes it, and how. */
export interface Submission {
  readonly request: ExecutionRequest;
  readonly caller: Caller;
  /** Whether the caller is answered before the job has ended. */
  readonly isAsync: boolean;
  readonly idempotencyKey: string | null;
}

/** What became of a submission: a job of its own, or that of an earlier request that it repeats. */
export type Submitted =
  | {
      readonly isRepeat: false;
      readonly facts: JobFacts;
      /** Settles when the job has ended; null when nobody waits. Rejects when the service fails it, never for its program's own faults. */
      readonly answer: Promise<AnsweredJob> | null;
    }
  | { readonly isRepeat: true; readonly record: JobRecord };

/** Puts executions into the queue and waits for what comes of them. */
@Injectable()
export class ExecutionProducer implements OnModuleInit {
  private refusing = false;

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue,
    private readonly connections: RedisConnections,
    private readonly pending: PendingAnswers,
    private readonly records: JobRecords,
    private readonly canceller: JobCanceller,
    private readonly channel: InstanceChannel,
    private readonly queueLength: QueueLengthReader,
    private readonly pace: QueuePace,
    private readonly metrics: JobMetrics,
    private readonly tracing: Tracing,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(ExecutionProducer.name);
  }

  onModuleInit(): void {
    // An outage shows as one `error` per command that it fails; the connections log it as a whole.
    this.queue.on('error', (error) => {
      this.logger.debug({ err: error }, 'Bull met an error');
    });
    this.channel.on('ended', ({ jobId, end }) => {
      this.pending.settle(jobId, end);
    });
  }

  /**
   * Queues an execution, or finds the one that it repeats.
   * @throws PublicError `queueFull`, `keyQueueFull`, `queueUnavailable`, `shuttingDown` or `idempotencyKeyReused`; nothing has then been accepted
   */
  async submit(submission: Submission): Promise<Submitted> {
    if (this.refusing) throw new PublicError('shuttingDown');
    const { pulse } = this.connections;
    if (pulse.hangs || !(await this.connections.ready(REDIS_PATIENCE_MS))) throw new PublicError('queueUnavailable');
    const span = startAddSpan(this.tracing, currentContext()?.trace ?? null);
    const facts = await this.factsOf(submission, span.trace);
    span.set({ 'messaging.message.id': facts.id });
    const acceptedAt = performance.now();
    const end = submission.isAsync ? null : this.pending.expect(facts);
    try {
      await pulse.unlessItHangs(this.queue.add({ code: submission.request.code }, optionsFor(facts, submission)));
    } catch (error) {
      this.pending.forget(facts.id);
      const repeat = readRepeat(error);
      if (repeat === null) throw await this.refusal(facts, error);
      return await this.findRepeated(repeat, submission);
    } finally {
      span.end();
    }
    this.metrics.noteAccepted(facts, submission.isAsync);
    return { isRepeat: false, facts, answer: end?.then((known) => this.answer(facts, known, acceptedAt)) ?? null };
  }

  /** A caller has hung up: nobody may want its job any more. */
  abandon(facts: JobFacts): void {
    this.pending.forget(facts.id);
    if (!outlivesCaller(facts)) this.discard(facts.id);
  }

  /** From now on nothing is accepted. */
  refuseNewJobs(): void {
    this.refusing = true;
  }

  /** Ids of the jobs whose callers wait for their answers. */
  awaitedJobs(): string[] {
    return this.pending.jobs().map(({ id }) => id);
  }

  /** Resolves when every accepted caller has its answer. */
  async whenAllAnswered(): Promise<void> {
    await this.pending.whenEmpty();
  }

  /** Takes back what still waits in the queue, and tells the callers that are left that the service is shutting down. */
  async abandonPending(): Promise<void> {
    const abandoned = this.pending.jobs();
    // First of all, so that none begins once its caller has been told to come back. One that runs goes on.
    const unwanted = abandoned.filter((facts) => !outlivesCaller(facts));
    const { pulse } = this.connections;
    await Promise.allSettled(unwanted.map((facts) => pulse.unlessItHangs(this.canceller.takeBack(facts))));
    for (const { id } of abandoned) this.pending.reject(id, new PublicError('shuttingDown'));
  }

  private async factsOf(
    { request, caller, isAsync, idempotencyKey }: Submission,
    trace: TraceContext | null,
  ): Promise<JobFacts> {
    return {
      id: randomUUID(),
      requestId: request.id ?? null,
      httpRequestId: currentContext()?.requestId ?? null,
      traceparent: trace?.traceparent ?? null,
      tracestate: trace?.tracestate ?? null,
      callerName: caller.name,
      timeoutSeconds: request.timeoutSeconds,
      webhookUrl: request.webhookUrl ?? null,
      replyTo: isAsync ? null : this.channel.address,
      queueLength: isAsync ? await this.queueLength.read() : null,
      isIdempotent: idempotencyKey !== null,
      acceptedAtMs: Date.now(),
    };
  }

  private async refusal({ id, callerName, isIdempotent }: JobFacts, error: unknown): Promise<PublicError> {
    const full = readFull(error);
    if (full !== null) {
      const retryAfterSeconds = await this.pace.retryAfterSeconds(full === 'keyQueueFull' ? callerName : null);
      return new PublicError(full, { cause: error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
    }
    this.logger.warn({ err: error }, 'A job could not be queued');
    // A Redis that hangs may queue it yet. A repeat with the same idempotency key is to find it then, and find it run.
    if (!isIdempotent) this.discard(id);
    return new PublicError('queueUnavailable', { cause: error });
  }

  /** Cancels a job that nobody wants, if there is one; with Redis away as soon as it is back. */
  private discard(jobId: string): void {
    persistently(() => this.canceller.cancel(jobId)).catch((error: unknown) => {
      this.logger.warn({ jobId, err: error }, 'A job that nobody waits for could not be cancelled');
    });
  }

  private async findRepeated({ jobId, fingerprint }: RepeatedRequest, submission: Submission): Promise<Submitted> {
    if (fingerprint !== fingerprintOf(submission.request)) throw new PublicError('idempotencyKeyReused');
    const record = await whenReachable(this.connections, () => this.records.find(jobId));
    // It expired a moment ago: the key is free again.
    return record === null ? this.submit(submission) : { isRepeat: true, record };
  }

  private answer(facts: JobFacts, end: JobEnd, acceptedAt: number): AnsweredJob {
    if (end.run === null) throw new Error(`Job ${facts.id} came to no outcome`);
    // Others are told of it, too, and of the same numbers: those of the record.
    if (outlivesCaller(facts)) return answerFromRecord({ facts, end });
    return { facts, end, times: measureJob(facts, end.run, performance.now() - acceptedAt) };
  }
}

function optionsFor(facts: JobFacts, { request, caller, idempotencyKey }: Submission): ExecutionOptions {
  if (idempotencyKey === null) return { jobId: facts.id, admission: admissionOf(facts, caller.maxQueued) };
  const key = idempotencyRecordKey(facts.callerName, idempotencyKey);
  const idempotency = { key, fingerprint: fingerprintOf(request) };
  return { jobId: facts.id, admission: admissionOf(facts, caller.maxQueued, idempotency) };
}

/** Tells two requests apart, whatever the form in which they were written. */
function fingerprintOf({ code, timeoutSeconds, webhookUrl, id }: ExecutionRequest): string {
  return hash('sha256', JSON.stringify([code, timeoutSeconds, webhookUrl ?? null, id ?? null]));
}
