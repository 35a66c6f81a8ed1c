import { InjectQueue, Processor } from '@nestjs/bull';
import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Job } from 'bull';
import { PinoLogger } from 'nestjs-pino';
import { answerFromRecord } from '../domain/answered-job';
import { type DeliveryTry, type EndedJob, hasEnded } from '../domain/job-record';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { InFlight } from '../platform/in-flight';
import { persistently } from '../platform/redis/persistently';
import { JobRecords } from '../records/job-records';
import { HostGate, receiverOf } from './host-gate';
import { Postponement } from './postponement';
import { nextWaitMs } from './retry-schedule';
import { type QueuedDelivery, WEBHOOK_QUEUE, type WebhookQueue } from './webhook-queue';
import { isDelivered, type WebhookAnswer } from './webhook-answer';
import { WebhookClient } from './webhook.client';
import { WebhookOutbox } from './webhook.outbox';
import { WebhookSecrets } from './webhook-secrets';

/** Deliveries mostly wait for their receivers: many can do so at once. */
const CONCURRENCY = 256;
/** For those whose process ended between noting a result and handing it over. */
const OUTBOX_INTERVAL_MS = 2_000;

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'python-execution-service' };

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
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(WebhookProcessor.name);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.outbox.relay(), OUTBOX_INTERVAL_MS).unref();
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
    const record = await this.records.find(job.data.jobId);
    // Made already, by a process that did not get as far as to tell the queue; or its record is gone.
    if (record === null || !hasEnded(record) || record.delivery?.state !== 'pending') return;
    const entry = this.gate.enter(receiverOf(new URL(record.facts.webhookUrl ?? '')));
    if ('retryAfterMs' in entry) throw new Postponement(entry.retryAfterMs);
    const number = record.delivery.tries.length + 1;
    let answer: WebhookAnswer | undefined;
    try {
      answer = await this.attempt(record, number);
    } finally {
      entry.release(answer);
    }
    await this.conclude(record, number, answer);
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

  private async attempt(record: EndedJob, number: number): Promise<WebhookAnswer> {
    const unknown = { startedAtMs: Date.now(), durationMs: 0, status: null, nextTryAtMs: null };
    // Before it is made: one that this process does not live to tell of is on the record, too.
    await this.records.noteTry(record.facts.id, number, { ...unknown, failure: 'interrupted' });
    return this.send(record);
  }

  private async conclude({ facts, delivery }: EndedJob, number: number, answer: WebhookAnswer): Promise<void> {
    const waitMs = nextWaitMs(number - (delivery?.earlierTries ?? 0), answer);
    const now = Date.now();
    const attempt: DeliveryTry = {
      startedAtMs: now - answer.durationMs,
      durationMs: answer.durationMs,
      status: 'status' in answer ? answer.status : null,
      failure: 'failure' in answer ? answer.failure : null,
      nextTryAtMs: waitMs === null ? null : now + waitMs,
    };
    await persistently(() => this.records.noteTry(facts.id, number, attempt));
    const { status, failure, durationMs } = attempt;
    this.logger.info({ jobId: facts.id, attempt: number, status, failure, durationMs }, 'Webhook tried');
    if (waitMs !== null) throw new Postponement(waitMs);
    await persistently(() => this.records.endDelivery(facts.id, isDelivered(answer) ? 'delivered' : 'failed'));
  }

  private async send(record: EndedJob): Promise<WebhookAnswer> {
    const { id, callerName, webhookUrl } = record.facts;
    const body = this.presenter.presentForWebhook(answerFromRecord(record));
    const signature = this.secrets.sign(callerName, { id, timestamp: new Date(), body });
    return this.client.send(webhookUrl ?? '', { ...HEADERS, ...signature }, body);
  }
}
