import Bull from 'bull';
import { Registry } from 'prom-client';
import { parseSettings } from '../../src/config/settings.loader';
import { type Settings } from '../../src/config/settings';
import { type JobFacts } from '../../src/domain/job-record';
import {
  type Admission,
  admissionOf,
  EXECUTION_QUEUE,
  type ExecutionOptions,
  type ExecutionQueue,
  lockKey,
  type QueuedExecution,
  queueKey,
} from '../../src/jobs/execution-queue';
import { InstanceChannel, type InstanceMessages } from '../../src/jobs/instance.channel';
import { InstancePresence } from '../../src/jobs/instance-presence';
import { JobCanceller } from '../../src/jobs/job.canceller';
import { JobCloser } from '../../src/jobs/job.closer';
import { JobLocks } from '../../src/jobs/job.locks';
import { JobMetrics } from '../../src/jobs/job.metrics';
import { queueOptions } from '../../src/jobs/queue-options';
import { type RedisConnections } from '../../src/platform/redis/redis-connections';
import { JobRecords } from '../../src/records/job-records';
import { WaitingJobs } from '../../src/records/waiting-jobs';
import { type QueuedDelivery, WEBHOOK_QUEUE, webhookQueueOptions } from '../../src/webhooks/webhook-queue';
import { WebhookOutbox } from '../../src/webhooks/webhook.outbox';
import { type PrivateRedis } from './private-redis';
import { silentLogger } from './silent-logger';

interface Addition {
  readonly code?: string;
  /** Milliseconds. */
  readonly delay?: number;
  readonly maxQueued?: number;
  readonly idempotency?: Admission['idempotency'];
}

/** What one process of the service has for jobs, whichever half of them it does; nobody accepts or runs any by itself. */
export class Instance {
  readonly settings: Settings;
  readonly queue: ExecutionQueue;
  readonly records: JobRecords;
  readonly waitingJobs: WaitingJobs;
  readonly channel: InstanceChannel;
  readonly outbox: WebhookOutbox;
  readonly metrics: JobMetrics;
  readonly closer: JobCloser;
  readonly canceller: JobCanceller;
  readonly presence: InstancePresence;
  readonly locks: JobLocks;

  private constructor(
    readonly connections: RedisConnections,
    environment: Readonly<Record<string, string>>,
  ) {
    this.settings = parseSettings(environment);
    this.queue = new Bull<QueuedExecution>(EXECUTION_QUEUE, queueOptions(connections, this.settings));
    // As with a queue that is in use: what an outage makes of its commands is no failure of the test.
    this.queue.on('error', () => undefined);
    this.records = new JobRecords(connections, this.settings);
    this.waitingJobs = new WaitingJobs(connections);
    this.channel = new InstanceChannel(connections, silentLogger());
    const webhooks = new Bull<QueuedDelivery>(WEBHOOK_QUEUE, webhookQueueOptions(connections));
    this.outbox = new WebhookOutbox(webhooks, this.records, silentLogger());
    this.metrics = new JobMetrics(new Registry(), this.settings);
    this.closer = new JobCloser(this.records, this.channel, this.outbox, this.metrics, silentLogger());
    this.presence = new InstancePresence(connections, this.channel);
    this.locks = new JobLocks(this.queue as never, this.channel, this.presence, this.metrics, silentLogger());
    this.canceller = new JobCanceller(this.queue, this.records, this.closer, this.channel, silentLogger());
  }

  static async open(redis: PrivateRedis, environment: Readonly<Record<string, string>> = {}): Promise<Instance> {
    const instance = new Instance(await redis.connect(), environment);
    await instance.channel.onModuleInit();
    return instance;
  }

  /** Admits a job to the queue. */
  async add(facts: JobFacts, { code = '', delay = 0, maxQueued = 0, idempotency }: Addition = {}): Promise<void> {
    const options: ExecutionOptions = { jobId: facts.id, delay, admission: admissionOf(facts, maxQueued, idempotency) };
    await this.queue.add({ code }, options);
  }

  /** Takes a job from its worker, as the check for jobs without a lock does that an earlier one has found without it. */
  async takeAway(jobId: string): Promise<void> {
    const watched = this.queue as ExecutionQueue & { moveUnlockedJobsToWait(): Promise<void> };
    await this.connections.commands.sadd(queueKey('stalled'), jobId);
    await this.connections.commands.del(lockKey(jobId), queueKey('stalled-check'));
    await watched.moveUnlockedJobsToWait();
  }

  /** Ids of the jobs that wait, the next first. */
  async waiting(): Promise<string[]> {
    return (await this.connections.commands.lrange(queueKey('wait'), 0, -1)).reverse();
  }

  /** All messages of a kind that this instance gets from now on. */
  listen<K extends keyof InstanceMessages>(kind: K): InstanceMessages[K][] {
    const messages: InstanceMessages[K][] = [];
    this.channel.on(kind, (message) => messages.push(message));
    return messages;
  }

  /** Lets go of the queue, which must have processed nothing or be done with it. */
  async close(): Promise<void> {
    await this.queue.close(true);
  }
}
