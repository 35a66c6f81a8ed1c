import { Registry } from 'prom-client';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { SharedReadings } from '../platform/redis/shared-readings';
import { deliveryName, PENDING_DELIVERIES_KEY, recordKey } from '../records/record-keys';
import { BacklogMetrics } from './backlog.metrics';

const HOUR_MS = 3_600_000;

describe(BacklogMetrics.name, () => {
  let redis: PrivateRedis;
  let instance: Instance;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
  });

  afterEach(async () => {
    await instance.close();
    await redis[Symbol.asyncDispose]();
  });

  /** What a scrape says now: deliveries, and the age of the oldest in whole hours. */
  async function look(): Promise<{ pending: number; hours: number }> {
    const registry = new Registry();
    new BacklogMetrics(new SharedReadings(instance.connections, registry));
    const text = await registry.metrics();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    const seconds = value('pyexec_webhook_oldest_pending_age_seconds');
    return { pending: value('pyexec_webhook_pending_deliveries'), hours: Math.floor(seconds / 3600) };
  }

  /** A job that ended that long ago, and whose result is still to be delivered. */
  async function pendingFor(hours: number, webhookUrl: string | null = 'https://example.com/'): Promise<string> {
    const facts = sampleFacts({ webhookUrl });
    await instance.add(facts);
    await bringTo('failed', instance.records, facts.id);
    if (webhookUrl === null) return facts.id;
    const name = deliveryName(facts.id, 0);
    await instance.connections.commands.zincrby(PENDING_DELIVERIES_KEY, -hours * HOUR_MS, name);
    return facts.id;
  }

  it('counts results from the end of their jobs on, until they are delivered or given up', async () => {
    const [failed, delivered] = [await pendingFor(3), await pendingFor(2)];
    await pendingFor(1);
    await pendingFor(9, null);
    expect(await look()).toEqual({ pending: 3, hours: 3 });
    expect(await instance.records.endDelivery(deliveryName(failed, 0), 'failed')).toBe(true);
    expect(await instance.records.endDelivery(deliveryName(delivered, 0), 'delivered')).toBe(true);
    expect(await instance.records.endDelivery(deliveryName(delivered, 0), 'delivered')).toBe(false);
    expect(await look()).toEqual({ pending: 1, hours: 1 });
  });

  it('counts one that is asked for again, from then on', async () => {
    const jobId = await pendingFor(3);
    await instance.records.endDelivery(deliveryName(jobId, 0), 'delivered');
    await instance.records.redeliver(jobId);
    expect(await look()).toEqual({ pending: 1, hours: 0 });
    await instance.records.endDelivery(deliveryName(jobId, 1), 'failed');
    expect(await look()).toEqual({ pending: 0, hours: 0 });
  });

  it('forgets those that nobody ends once their records must have expired', async () => {
    await pendingFor(24 * 30);
    await pendingFor(1);
    expect(await instance.connections.commands.zcard(PENDING_DELIVERIES_KEY)).toBe(1);
  });

  it('forgets one whose record is gone', async () => {
    const jobId = await pendingFor(3);
    await pendingFor(1);
    await instance.connections.commands.del(recordKey(jobId));
    expect(await look()).toEqual({ pending: 1, hours: 1 });
  });
});
