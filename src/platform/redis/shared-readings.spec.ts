import { Registry } from 'prom-client';
import { PrivateRedis } from '../../../test/support/private-redis';
import { type RedisConnections } from './redis-connections';
import { RedisMetrics } from './redis.metrics';
import { SharedReadings } from './shared-readings';

describe(SharedReadings.name, () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;
  let registry: Registry;
  let readings: SharedReadings;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    registry = new Registry();
    readings = new SharedReadings(connections, registry);
    new RedisMetrics(registry, readings);
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  /** Has a key of Redis' read into a gauge. */
  function read(key: string): void {
    const gauge = readings.gauge({ name: key, help: 'a number.' });
    const take = (reply: unknown): void => {
      gauge.set(Number(reply));
    };
    readings.add({ ask: (pipeline) => pipeline.get(key), take }, [gauge]);
  }

  it('asks once for all gauges, and for all who scrape at the same moment', async () => {
    await connections.commands.mset('one', 1, 'two', 2);
    read('one');
    read('two');
    const pipelines = jest.spyOn(connections.commands, 'pipeline');
    const scrapes = await Promise.all([registry.metrics(), registry.metrics(), registry.metrics()]);
    expect(pipelines).toHaveBeenCalledTimes(1);
    for (const scrape of scrapes) expect(scrape).toMatch(/^one 1$[^]*^two 2$/m);
    await registry.metrics();
    expect(pipelines).toHaveBeenCalledTimes(1);
  });

  it('asks again once what it knows is old', async () => {
    await connections.commands.set('one', 1);
    read('one');
    const now = jest.spyOn(performance, 'now').mockReturnValue(10_000);
    expect(await registry.getSingleMetricAsString('one')).toMatch(/^one 1$/m);
    await connections.commands.set('one', 7);
    now.mockReturnValue(10_999);
    expect(await registry.getSingleMetricAsString('one')).toMatch(/^one 1$/m);
    now.mockReturnValue(11_001);
    expect(await registry.getSingleMetricAsString('one')).toMatch(/^one 7$/m);
  });

  it('leaves out what Redis does not say, and only that', async () => {
    await connections.commands.set('one', 1);
    await connections.commands.lpush('list', 'no number');
    read('one');
    read('list');
    const scrape = await registry.metrics();
    expect(scrape).toMatch(/^one 1$/m);
    expect(scrape).not.toMatch(/^list /m);
    expect(scrape).toMatch(/^pyexec_redis_up 1$/m);
  });

  it('leaves out gauges with labels and without while Redis is away', async () => {
    const gauge = readings.gauge({ name: 'labelled', help: 'a number.', labelNames: ['which'] });
    const take = (reply: unknown): void => {
      gauge.set({ which: 'one' }, Number(reply));
    };
    readings.add({ ask: (pipeline) => pipeline.dbsize(), take }, [gauge]);
    expect(await registry.metrics()).toMatch(/^labelled\{which="one"\} 0$/m);
    await redis.takeAway();
    jest.spyOn(performance, 'now').mockReturnValue(Number.MAX_SAFE_INTEGER);
    const away = await registry.metrics();
    expect(away).toMatch(/^pyexec_redis_up 0$/m);
    expect(away).not.toMatch(/^(labelled|pyexec_redis_memory)/m);
  });

  it('does not ask a Redis that hangs more and more', async () => {
    read('one');
    await redis.freeze();
    const pipelines = jest.spyOn(connections.commands, 'pipeline');
    const now = jest.spyOn(performance, 'now');
    for (let scrape = 1; scrape <= 3; scrape++) {
      now.mockReturnValue(scrape * 10_000);
      const text = await registry.metrics();
      expect(text).toMatch(/^pyexec_redis_up 0$/m);
      expect(text).not.toMatch(/^one /m);
    }
    expect(pipelines).toHaveBeenCalledTimes(1);
  });
});
