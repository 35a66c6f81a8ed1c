import Bull, { type Job } from 'bull';
import { Registry } from 'prom-client';
import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, recordOf } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { WebhookInbox } from '../../test/support/webhook-inbox';
import { NoTracing } from '../platform/tracing/tracing';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { describeService } from '../envelope/service-facts';
import { AddressRule } from '../platform/net/address-rule';
import { deliveryName, recordKey } from '../records/record-keys';
import { DeliveryMetrics } from './delivery.metrics';
import { HostGate, receiverOf } from './host-gate';
import { Postponement } from './postponement';
import { DELIVERY_OPTIONS, type QueuedDelivery, WEBHOOK_QUEUE, webhookQueueOptions } from './webhook-queue';
import { WebhookClient } from './webhook.client';
import { WebhookProcessor } from './webhook.processor';
import { WebhookSecrets } from './webhook-secrets';

const SECRETS = new WebhookSecrets([{ keyName: null, secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` }]);

describe(WebhookProcessor.name, () => {
  let redis: PrivateRedis;
  let instance: Instance;
  let queue: Bull.Queue<QueuedDelivery>;
  let inbox: WebhookInbox;
  let gate: HostGate;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
    queue = new Bull<QueuedDelivery>(WEBHOOK_QUEUE, webhookQueueOptions(instance.connections));
    inbox = await WebhookInbox.open();
    gate = new HostGate();
  });

  afterEach(async () => {
    await queue.close(true);
    await inbox[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  function processorWith(secrets = SECRETS, logger = silentLogger()): WebhookProcessor {
    const presenter = new OutcomePresenter(describeService('1.0.0'));
    const client = new WebhookClient(new AddressRule(['127.0.0.0/8']));
    const { outbox, records } = instance;
    const metrics = new DeliveryMetrics(new Registry());
    const parts = [presenter, secrets, client, gate, metrics, new NoTracing()] as const;
    return new WebhookProcessor(queue, outbox, records, ...parts, logger);
  }

  /** A job that has ended, whose result is to be delivered. */
  async function endedJob(webhookUrl = inbox.url): Promise<string> {
    const facts = sampleFacts({ webhookUrl });
    await instance.add(facts);
    await bringTo('succeeded', instance.records, facts.id);
    return facts.id;
  }

  async function queued(jobId: string, series = 0): Promise<Job<QueuedDelivery>> {
    return queue.add({ jobId }, { ...DELIVERY_OPTIONS, jobId: deliveryName(jobId, series) });
  }

  it('delivers a result once, however often it is told to', async () => {
    const jobId = await endedJob();
    const job = await queued(jobId);
    for (let time = 0; time < 2; time++) await processorWith().process(job);
    expect(inbox.received).toHaveLength(1);
    const { delivery } = await recordOf(instance.records, jobId);
    expect(delivery).toMatchObject({ state: 'delivered', tries: [{ status: 204, failure: null, nextTryAtMs: null }] });
  });

  it('leaves a delivery that was asked for again to the one that is queued for that', async () => {
    const jobId = await endedJob();
    const [first, second] = [await queued(jobId), await queued(jobId, 1)];
    await processorWith().process(first);
    await instance.records.redeliver(jobId);
    await processorWith().process(first);
    expect(inbox.received).toHaveLength(1);
    await processorWith().process(second);
    expect(inbox.received).toHaveLength(2);
  });

  it('reads no output for a delivery whose turn it is not', async () => {
    const jobId = await endedJob();
    await instance.connections.commands.hset(recordKey(jobId), 'run', 'what cannot be read');
    gate.enter(receiverOf(inbox.url));
    await expect(processorWith().process(await queued(jobId))).rejects.toBeInstanceOf(Postponement);
  });

  it('counts what it could not do itself as tries, so that they end, and holds nothing against the receiver', async () => {
    const jobId = await endedJob();
    const [job, failing] = [await queued(jobId), processorWith(new WebhookSecrets([]))];
    for (let time = 0; time < 7; time++)
      await expect(failing.process(job)).rejects.toMatchObject({ delayMs: expect.any(Number) });
    await failing.process(job);
    const { delivery } = await recordOf(instance.records, jobId);
    expect(delivery).toMatchObject({ state: 'failed' });
    expect(delivery?.tries.map(({ failure }) => failure)).toEqual(Array(8).fill('interrupted'));
    expect(gate.enter(receiverOf(inbox.url))).toHaveProperty('release');
  });

  it('says why it puts a delivery off, unless its receiver is to be left alone', async () => {
    const [waiting, unreadable] = [await endedJob(), await endedJob('http://127.0.0.2:1/')];
    await instance.connections.commands.hset(recordKey(unreadable), 'run', 'what cannot be read');
    gate.enter(receiverOf(inbox.url));
    const logger = silentLogger();
    const warn = jest.spyOn(logger, 'warn');
    const processor = processorWith(SECRETS, logger);
    processor.onApplicationBootstrap();
    await queued(waiting);
    await queued(unreadable);
    await eventually('it is said', () => warn.mock.calls.length > 0);
    await processor.finish();
    processor.onApplicationShutdown();
    for (const [facts] of warn.mock.calls) expect(facts).toMatchObject({ jobId: unreadable });
  });
});
