import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { isDelivered, type WebhookFailure, type WebhookVerdict } from './webhook-answer';

const TRY_RESULTS = ['success', 'status', 'network', 'timeout', 'refused'] as const;
const OUTCOMES = ['delivered', 'failed'] as const;
/** From a fast receiver to the last of all tries, a day later. */
const AGE_BUCKETS = [0.05, 0.25, 1, 5, 15, 60, 300, 1800, 7200, 36_000, 86_400, 129_600];

/** What a failure counts as; null: we did not get as far, so there was no try. */
const RESULT_OF: Readonly<Record<WebhookFailure, (typeof TRY_RESULTS)[number] | null>> = {
  name: 'network',
  connection: 'network',
  tls: 'network',
  answer: 'network',
  timeout: 'timeout',
  forbiddenAddress: 'refused',
  interrupted: null,
};

/** Counts webhooks. */
@Injectable()
export class DeliveryMetrics {
  private readonly tries: Counter<'result'>;
  private readonly deliveries: Counter<'outcome'>;
  private readonly age: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.tries = new Counter({
      ...{ name: 'pyexec_webhook_tries_total', help: 'Tries to deliver a webhook.' },
      ...{ labelNames: ['result'], registers },
    });
    this.deliveries = new Counter({
      ...{ name: 'pyexec_webhook_deliveries_total', help: 'Webhooks that were delivered, or given up.' },
      ...{ labelNames: ['outcome'], registers },
    });
    this.age = new Histogram({
      name: 'pyexec_webhook_delivery_age_seconds',
      help: 'From the end of a job to the delivery of its result; deliveries that were asked for again are not among them.',
      buckets: AGE_BUCKETS,
      registers,
    });
    for (const result of TRY_RESULTS) this.tries.inc({ result }, 0);
    for (const outcome of OUTCOMES) this.deliveries.inc({ outcome }, 0);
  }

  noteTry(verdict: WebhookVerdict): void {
    const result = 'failure' in verdict ? RESULT_OF[verdict.failure] : isDelivered(verdict) ? 'success' : 'status';
    if (result !== null) this.tries.inc({ result });
  }

  noteEnd(outcome: (typeof OUTCOMES)[number]): void {
    this.deliveries.inc({ outcome });
  }

  /** Notes how long somebody has waited to be told. */
  noteAge(milliseconds: number): void {
    this.age.observe(Math.max(0, milliseconds) / 1000);
  }
}
