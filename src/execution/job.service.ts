import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../domain/caller';
import { PublicError } from '../domain/error-catalogue';
import { hasEnded, type JobRecord } from '../domain/job-record';
import { type PublicAnswer } from '../envelope/public-answer';
import { RecordPresenter } from '../envelope/record.presenter';
import { JobCanceller } from '../jobs/job.canceller';
import { RedisConnections } from '../platform/redis/redis-connections';
import { whenReachable } from '../platform/redis/when-reachable';
import { JobRecords } from '../records/job-records';
import { WebhookOutbox } from '../webhooks/webhook.outbox';

/** A program that is killed is dead in milliseconds. After this long its worker does not hear, and the caller need not wait. */
const CANCEL_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 10;

const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a caller can do with a job that was accepted. */
@Injectable()
export class JobService {
  constructor(
    private readonly records: JobRecords,
    private readonly canceller: JobCanceller,
    private readonly presenter: RecordPresenter,
    private readonly webhooks: WebhookOutbox,
    private readonly connections: RedisConnections,
  ) {}

  /** The record of one of a caller's own jobs. @throws PublicError `notFound` */
  async find(jobId: string, caller: Caller): Promise<JobRecord> {
    if (!JOB_ID.test(jobId)) throw new PublicError('notFound');
    const record = await whenReachable(this.connections, () => this.records.find(jobId));
    // Whether another caller's job exists is nobody's business.
    if (record?.facts.callerName !== caller.name) throw new PublicError('notFound');
    return record;
  }

  async describe(jobId: string, caller: Caller): Promise<PublicAnswer> {
    return this.answer(200, await this.find(jobId, caller));
  }

  /**
   * Cancels a job and waits until it has ended: 202 when that takes long.
   * @throws PublicError `notFound`, `jobFinished` when it had come to another end
   */
  async cancel(jobId: string, caller: Caller): Promise<PublicAnswer> {
    await this.find(jobId, caller);
    await whenReachable(this.connections, () => this.canceller.cancel(jobId));
    const deadline = performance.now() + CANCEL_TIMEOUT_MS;
    for (;;) {
      const record = await this.find(jobId, caller);
      if (record.state === 'cancelled') return this.answer(200, record);
      if (hasEnded(record)) throw new PublicError('jobFinished');
      if (performance.now() > deadline) return this.answer(202, record);
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /**
   * Has a job's result delivered once more: 202.
   * @throws PublicError `notFound`, `jobNotFinished`, `noWebhook`, `deliveryUnderWay`
   */
  async redeliver(jobId: string, caller: Caller): Promise<PublicAnswer> {
    const record = await this.find(jobId, caller);
    if (record.delivery === null) throw new PublicError('noWebhook');
    if (!hasEnded(record)) throw new PublicError('jobNotFinished');
    const isTaken = await whenReachable(this.connections, () => this.webhooks.redeliver(record));
    if (!isTaken) throw new PublicError('deliveryUnderWay');
    return this.answer(202, await this.find(jobId, caller));
  }

  private answer(status: number, record: JobRecord): PublicAnswer {
    return { status, body: this.presenter.present(record), headers: { 'Cache-Control': 'no-store' } };
  }
}
