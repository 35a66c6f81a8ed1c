import { InjectQueue, Processor } from '@nestjs/bull';
import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Job } from 'bull';
import { PinoLogger } from 'nestjs-pino';
import { answerFromRecord } from '../domain/answered-job';
import { type Delivery, type EndedJob, hasEnded, type JobFacts } from '../domain/job-record';
import { type TraceContext } from '../domain/trace-context';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { InFlight } from '../platform/in-flight';
import { contextFields, contextOfJob } from '../platform/logging/log-context';
import { persistently } from '../platform/redis/persistently';
import { traceHeaders } from '../platform/tracing/trace-context.header';
import { Tracing } from '../platform/tracing/tracing';
import { JobRecords } from '../records/job-records';
import { deliveryName } from '../records/record-keys';
import { DeliveryMetrics } from './delivery.metrics';
import { HostGate, receiverOf } from './host-gate';
import { Postponement } from './postponement';
import { nextWaitMs } from './retry-schedule';
import { type QueuedDelivery, WEBHOOK_QUEUE, type WebhookQueue } from './webhook-queue';
import { isDelivered, type WebhookAnswer } from './webhook-answer';
import { endTrySpan, startTrySpan } from './try-span';
import { WebhookClient } from './webhook.client';
import { WebhookOutbox } from './webhook.outbox';
import { WebhookSecrets } from './webhook-secrets';

/** Deliveries mostly wait for their receivers: many can do so at once. */
const CONCURRENCY = 256;
/** For those whose process ended between noting a result and handing it over. */
const OUTBOX_INTERVAL_MS = 2_000;

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'python-execution-service' };

/** What a try came to that could not be made, or that its process did not live to tell of. */
const INTERRUPTED: WebhookAnswer = { failure: 'interrupted', detail: 'a fault of ours', durationMs: 0 };

/** A try, and what came of it. */
interface Attempt {
  readonly facts: JobFacts;
  readonly number: number;
  /** When the job ended. */
  readonly finishedAtMs: number;
  /** As it was before. */
  readonly delivery: Delivery;
  /** Null when it could not be made. */
  readonly answer: WebhookAnswer | null;
}

/** Takes deliveries from their queue and makes them, one try at a time. */
@Processor(WEBHOOK_QUEUE)
export class WebhookProcessor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly inFlight = new InFlight();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectQueue(WEBHOOK_QUEUE) private readonly queue: WebhookQueue,
    private readonly outbox: WebhookOutbox,
    private readonly records: JobRecords,
    private readonly presenter: OutcomePresenter,
    private readonly secrets: WebhookSecrets,
    private readonly client: WebhookClient,
    private readonly gate: HostGate,
    private readonly metrics: DeliveryMetrics,
    private readonly tracing: Tracing,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(WebhookProcessor.name);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.outbox.relay(), OUTBOX_INTERVAL_MS).unref();
    this.queue.on('failed', ({ data: { jobId } }: Job<QueuedDelivery>, error: Error) => {
      if (!(error instanceof Postponement)) this.logger.warn({ jobId, err: error }, 'A delivery is put off');
    });
    this.queue
      .process(CONCURRENCY, (job: Job<QueuedDelivery>) => this.inFlight.track(() => this.process(job)))
      .catch((error: unknown) => {
        this.logger.fatal({ err: error }, 'No webhook can be delivered');
      });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Makes one try, when it is its receiver's turn. @throws Postponement when it is to be taken up again */
  async process(job: Job<QueuedDelivery>): Promise<void> {
    const url = await this.records.destination(`${job.id}`);
    // Made already, by a process that did not get as far as to tell the queue; or its record is gone.
    if (url === null) return;
    const admission = this.gate.enter(receiverOf(url));
    if ('retryAfterMs' in admission) throw new Postponement(admission.retryAfterMs);
    let attempt: Attempt | null = null;
    try {
      attempt = await this.attempt(job.data.jobId);
    } finally {
      admission.release(attempt?.answer ?? undefined);
    }
    if (attempt !== null) await this.conclude(attempt);
  }

  /** Takes no more deliveries, and resolves when the tries that are under way are over. */
  async finish(): Promise<void> {
    await this.queue.pause(true, true);
    await this.inFlight.whenIdle();
  }

  /** Lets go of the queue. A try that is under way is made again by another process. */
  async abandon(): Promise<void> {
    await this.queue.close(true);
  }

  /** Null when there is nothing to deliver any more. */
  private async attempt(jobId: string): Promise<Attempt | null> {
    // Only now: with its output it may be large, and a delivery is taken up often before it is its receiver's turn.
    const record = await this.records.find(jobId);
    if (record === null || !hasEnded(record) || record.delivery?.state !== 'pending') return null;
    const number = record.delivery.tries.length + 1;
    const unknown = { startedAtMs: Date.now(), durationMs: 0, status: null, nextTryAtMs: null };
    // Before it is made: one that this process does not live to tell of is on the record, too.
    await this.records.noteTry(jobId, number, { ...unknown, failure: 'interrupted' });
    const { delivery, end, facts } = record;
    return { facts, number, finishedAtMs: end.finishedAtMs, delivery, answer: await this.trySending(record, number) };
  }

  private async conclude(attempt: Attempt): Promise<void> {
    const { facts, number, delivery, answer } = attempt;
    const { id: jobId } = facts;
    const { durationMs, ...verdict } = answer ?? INTERRUPTED;
    this.metrics.noteTry(verdict);
    const waitMs = nextWaitMs(number - delivery.earlierTries, verdict);
    const now = Date.now();
    const status = 'status' in verdict ? verdict.status : null;
    const [failure, detail] = 'failure' in verdict ? [verdict.failure, verdict.detail] : [null, undefined];
    const times = { startedAtMs: now - durationMs, durationMs, nextTryAtMs: waitMs === null ? null : now + waitMs };
    await persistently(() => this.records.noteTry(jobId, number, { ...times, status, failure }));
    const context = contextFields(contextOfJob(facts));
    const result = { status, failure, detail, durationMs };
    this.logger.info({ jobId, ...context, key: facts.callerName, attempt: number, ...result }, 'Webhook tried');
    if (waitMs !== null) throw new Postponement(waitMs);
    await this.end(attempt, isDelivered(verdict) ? 'delivered' : 'failed');
  }

  private async end({ facts, delivery, finishedAtMs }: Attempt, state: 'delivered' | 'failed'): Promise<void> {
    const deliveredAtMs = Date.now();
    if (!(await persistently(() => this.records.endDelivery(deliveryName(facts.id, delivery.series), state)))) return;
    this.metrics.noteEnd(state);
    if (state === 'delivered' && delivery.series === 0) this.metrics.noteAge(deliveredAtMs - finishedAtMs);
  }

  /** Null when the fault is ours. It counts as a try: what fails each time must not be tried without end. */
  private async trySending(record: EndedJob, number: number): Promise<WebhookAnswer | null> {
    const span = startTrySpan(this.tracing, record.facts, number);
    try {
      const answer = await this.send(record, span.trace);
      endTrySpan(span, answer);
      return answer;
    } catch (error) {
      endTrySpan(span, INTERRUPTED);
      this.logger.error({ jobId: record.facts.id, err: error }, 'A webhook could not be sent');
      return null;
    }
  }

  private async send(record: EndedJob, trace: TraceContext | null): Promise<WebhookAnswer> {
    const { id, callerName, webhookUrl } = record.facts;
    const body = this.presenter.presentForWebhook(answerFromRecord(record));
    const signature = this.secrets.sign(callerName, { id, timestamp: new Date(), body });
    return this.client.send(webhookUrl ?? '', { ...HEADERS, ...traceHeaders(trace), ...signature }, body);
  }
}
