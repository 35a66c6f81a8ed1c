import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type JobRecord } from '../domain/job-record';
import { JobRecords } from '../records/job-records';
import { deliveryName, jobOfDelivery } from '../records/record-keys';
import { DELIVERY_OPTIONS, WEBHOOK_QUEUE, type WebhookQueue } from './webhook-queue';

const BATCH = 100;

/**
 * Hands deliveries over to their queue. A result is put into the outbox in the step that notes it (see `record-scripts`), so no crash
 * comes between; one between here and the queue leaves it in the outbox, and a delivery that is queued twice is queued once.
 */
@Injectable()
export class WebhookOutbox implements OnModuleInit {
  private relaying: Promise<void> | null = null;
  private isAskedAgain = false;

  constructor(
    @InjectQueue(WEBHOOK_QUEUE) private readonly queue: WebhookQueue,
    private readonly records: JobRecords,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(WebhookOutbox.name);
  }

  onModuleInit(): void {
    // An outage shows as one `error` per command that it fails; the connections log it as a whole.
    this.queue.on('error', (error) => {
      this.logger.debug({ err: error }, 'Bull met an error');
    });
  }

  /** Hands over what is in the outbox. Never throws: what fails is left for the next time. */
  async relay(): Promise<void> {
    this.isAskedAgain = true;
    this.relaying ??= this.empty().finally(() => {
      this.relaying = null;
    });
    return this.relaying;
  }

  /**
   * Has a job's result delivered again; or at once, where its delivery waits for its next try.
   * @returns false when it is being delivered at this moment
   */
  async redeliver({ facts, delivery }: JobRecord): Promise<boolean> {
    if (await this.records.redeliver(facts.id)) {
      await this.relay();
      return true;
    }
    const queued = await this.queue.getJob(deliveryName(facts.id, delivery?.series ?? 0));
    if (queued === null || !(await queued.isDelayed())) return false;
    return queued.promote().then(
      () => true,
      // Its time had come just then.
      () => false,
    );
  }

  private async empty(): Promise<void> {
    try {
      while (this.isAskedAgain) {
        this.isAskedAgain = false;
        for (;;) {
          const deliveries = await this.records.outbox(BATCH);
          if (deliveries.length === 0) break;
          await Promise.all(deliveries.map((name) => this.enqueue(name)));
          await this.records.handedOver(deliveries);
        }
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'Deliveries stay in the outbox for now');
    }
  }

  private async enqueue(name: string): Promise<void> {
    await this.queue.add({ jobId: jobOfDelivery(name) }, { ...DELIVERY_OPTIONS, jobId: name });
  }
}
