import { Registry } from 'prom-client';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { SharedReadings } from '../platform/redis/shared-readings';
import { WAITING_KEY } from '../records/record-keys';
import { QueueMetrics } from './queue.metrics';

const HOUR_MS = 3_600_000;

describe(QueueMetrics.name, () => {
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

  /** What a scrape says now: jobs that wait, and the age of the oldest in whole hours. */
  async function look(): Promise<{ waiting: number; hours: number }> {
    const registry = new Registry();
    new QueueMetrics(registry, new SharedReadings(instance.connections, registry), instance.settings);
    const text = await registry.metrics();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    const seconds = value('pyexec_queue_oldest_waiting_age_seconds');
    return { waiting: value('pyexec_queue_waiting_jobs'), hours: Math.floor(seconds / 3600) };
  }

  /** A job that waits, and was accepted that long ago. */
  async function waitingFor(hours: number): Promise<string> {
    const facts = sampleFacts({ acceptedAtMs: Date.now() - hours * HOUR_MS });
    await instance.add(facts);
    return facts.id;
  }

  it('finds the oldest wherever it stands in the queue', async () => {
    await waitingFor(1);
    await waitingFor(3);
    await waitingFor(2);
    expect(await look()).toEqual({ waiting: 3, hours: 3 });
  });

  it('says 0 when none waits', async () => {
    expect(await look()).toEqual({ waiting: 0, hours: 0 });
  });

  it('no longer counts a job that has been started, or has ended unstarted', async () => {
    const [started, cancelled] = [await waitingFor(3), await waitingFor(2)];
    await waitingFor(1);
    await bringTo('running', instance.records, started);
    expect((await look()).hours).toBe(2);
    await bringTo('cancelled', instance.records, cancelled);
    expect((await look()).hours).toBe(1);
    expect(await instance.connections.commands.zcard(WAITING_KEY)).toBe(1);
  });
});
