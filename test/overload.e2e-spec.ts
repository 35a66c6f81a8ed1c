import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { type Answer, Service } from './support/service';

const KEYS = ['greedy', 'modest', 'other'].map((name) => ({ name, key: `the-key-of-${name}-caller` }));
const WAIT = '{pyexec}:execution:wait';
const ACTIVE = '{pyexec}:execution:active';

describe('a service with more to do than it can', () => {
  let redis: PrivateRedis;
  let shared: Record<string, string>;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    const keys = KEYS.map(({ name, key }) => `${name}:${key}`).join(',');
    shared = { REDIS_URL: redis.url, API_KEYS: keys, WORKER_CONCURRENCY: '1' };
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function call(service: Service, name: string, code: string, headers = {}): Promise<Answer> {
    const { key } = KEYS.find((each) => each.name === name)!;
    return service.call({ code }, { headers: { 'x-api-key': key, ...headers } });
  }

  async function untilLength(list: string, length: number): Promise<void> {
    const { commands } = await redis.connect();
    await eventually(`${list} has ${length}`, async () => (await commands.llen(list)) === length);
  }

  it('gives each key its share of the workers, whichever instance it asks', async () => {
    await using first = await Service.start({ ...shared, ROLE: 'api' });
    await using second = await Service.start({ ...shared, ROLE: 'api' });
    const async = { prefer: 'respond-async' };
    for (let sent = 0; sent < 500; sent += 50) {
      const calls = Array.from({ length: 50 }, (_, index) => call(index % 2 ? first : second, 'greedy', '1', async));
      for (const { status } of await Promise.all(calls)) expect(status).toBe(202);
    }
    // Those of a key are taken in turns: what the modest ones are told says how many were left then.
    const modest = Array.from({ length: 10 }, (_, index) => call(index % 2 ? first : second, 'modest', 'None'));
    const others = Array.from({ length: 10 }, (_, index) => call(index % 2 ? second : first, 'other', 'None'));
    await untilLength(WAIT, 520);
    await using worker = await Service.start({ ...shared, ROLE: 'worker' });
    const left = (await Promise.all([...modest, ...others])).map(({ json }) => Number(json.queue_length));
    expect(worker.pid).toBeGreaterThan(0);
    // After 30 ends, ten of each key, all have been answered; one more job may have been taken by then.
    expect(Math.min(...left)).toBeGreaterThanOrEqual(520 - 31);
  }, 90_000);

  it('bounds what waits of a key over all instances, and says when to come back', async () => {
    const bounded = { ...shared, MAX_QUEUED_PER_KEY: '5' };
    await using first = await Service.start(bounded);
    await using second = await Service.start({ ...bounded, ROLE: 'api' });
    const running = call(first, 'other', 'import time; time.sleep(3)');
    await untilLength(ACTIVE, 1);
    const calls = Array.from({ length: 20 }, (_, index) => call(index % 2 ? first : second, 'greedy', '1'));
    const refused: Answer[] = [];
    for (const each of calls) void each.then((answer) => answer.status === 429 && refused.push(answer));
    await eventually('all over the bound are refused', () => refused.length === 15);
    for (const { json, headers } of refused) {
      expect(json.error).toBe('Too many jobs of the key are waiting');
      expect(headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
    }
    const modest = call(second, 'modest', '1');
    expect((await Promise.all([running, modest])).map(({ status }) => status)).toEqual([200, 200]);
    expect((await Promise.all(calls)).filter(({ status }) => status === 200)).toHaveLength(5);
    expect((await call(second, 'greedy', '1')).status).toBe(200);
  }, 60_000);

  it('tells those it refuses to wait for as long as jobs take', async () => {
    await using service = await Service.start({ ...shared, MAX_QUEUE_LENGTH: '1' });
    const running = call(service, 'greedy', 'import time; time.sleep(100)');
    await untilLength(ACTIVE, 1);
    const waiting = call(service, 'greedy', '1');
    await untilLength(WAIT, 1);
    const { status, headers } = await call(service, 'modest', '1');
    // The programs have the usual 30 seconds, and those who are refused are told up to a quarter more.
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(20);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(38);
    service.signal('SIGKILL');
    await Promise.allSettled([running, waiting]);
  }, 60_000);

  it('runs no program whose caller is gone with the instance that accepted it', async () => {
    const lost = await Service.start({ ...shared, ROLE: 'api' });
    const calls = Array.from({ length: 5 }, (_, index) => call(lost, 'modest', `${index}`));
    const ended = Promise.allSettled(calls);
    await untilLength(WAIT, 5);
    const accepted = await call(lost, 'modest', '42', { prefer: 'respond-async' });
    lost.signal('SIGKILL');
    await ended;
    // Jobs that are taken at once are not asked after.
    const killedAt = Date.now();
    await eventually('they have waited for long', () => Date.now() - killedAt > 1_000);
    await using service = await Service.start(shared);
    const { commands } = await redis.connect();
    await eventually('the queue is empty', async () => (await commands.zcard('{pyexec}:waiting')) === 0, 20_000);
    const records = (await commands.keys('{pyexec}:jobs:*')).filter(
      (key) => !key.endsWith(String(accepted.json.job_id)),
    );
    const states = await Promise.all(records.map((key) => commands.hmget(key, 'state', 'startedAtMs')));
    expect(states).toEqual(Array(5).fill(['cancelled', null]));
    // One that nobody had to wait for is run all the same.
    const options = { path: `/v1/jobs/${accepted.json.job_id}`, method: 'GET', headers: { 'x-api-key': KEYS[1]!.key } };
    await eventually('it has run', async () => (await service.call(undefined, options)).json.status === 'succeeded');
    await lost[Symbol.asyncDispose]();
  }, 60_000);
});
