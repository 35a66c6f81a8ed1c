import { type RedisConnections } from '../src/platform/redis/redis-connections';
import { eventually } from './support/eventually';
import { untilWaiting as untilProgramWaits, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const SHUTTING_DOWN = '{"error":"The service is shutting down","stdout":"","exit_code":503}';

describe('SIGTERM', () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function jobsIn(list: 'active' | 'wait'): Promise<number> {
    return connections.commands.llen(`pyexec:execution:${list}`);
  }

  async function untilActive(jobs: number): Promise<void> {
    await eventually(`${jobs} jobs run`, async () => (await jobsIn('active')) === jobs);
  }

  async function untilWaiting(jobs: number): Promise<void> {
    await eventually(`${jobs} jobs wait`, async () => (await jobsIn('wait')) === jobs);
  }

  it('lets accepted jobs finish, refuses new ones, and ends with 0', async () => {
    await using service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1' });
    const running = service.run(waitingProgram('done'));
    const { job } = await untilProgramWaits(service, 'done');
    const queued = service.run('"queued"');
    await untilWaiting(1);
    service.signal('SIGTERM');
    await eventually('it has heard', async () => (await fetch(`${service.origin}/health/ready`)).status === 503);
    const { status, text, headers } = await service.run('1');
    expect([status, text, headers.get('retry-after')]).toEqual([503, SHUTTING_DOWN, '5']);
    process.kill(job, 'SIGUSR1');
    expect((await running).json.response.result).toBe('done');
    expect((await queued).json.response.result).toBe('queued');
    expect(await service.ended()).toBe(0);
  });

  it('answers what does not finish in time, and takes back what has not begun', async () => {
    await using service = await Service.start({
      REDIS_URL: redis.url,
      WORKER_CONCURRENCY: '1',
      SHUTDOWN_GRACE_SECONDS: '1',
    });
    const running = service.run('import time; time.sleep(60)');
    await untilActive(1);
    const queued = service.run('2');
    await untilWaiting(1);
    const startedAt = performance.now();
    service.signal('SIGTERM');
    for (const { status, text } of await Promise.all([running, queued])) {
      expect([status, text]).toEqual([503, SHUTTING_DOWN]);
    }
    expect(await service.ended()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await jobsIn('wait')).toBe(0);
  });

  it('has the callers of other instances told when their jobs do not finish in time', async () => {
    const shared = { REDIS_URL: redis.url, API_KEYS: 'test:a-key-for-all-of-the-instances' };
    const headers = { 'x-api-key': 'a-key-for-all-of-the-instances' };
    await using api = await Service.start({ ...shared, ROLE: 'api' });
    const limits = { WORKER_CONCURRENCY: '1', SHUTDOWN_GRACE_SECONDS: '0' };
    await using worker = await Service.start({ ...shared, ...limits, ROLE: 'worker' });
    const call = api.call({ code: waitingProgram('cut'), timeout: 60 }, { headers });
    await untilProgramWaits(worker, 'cut');
    worker.signal('SIGTERM');
    expect((await call).status).toBe(500);
    expect(await worker.ended()).toBe(0);
  });

  it('leaves to its successor what waits and nobody stays for', async () => {
    using directory = new TemporaryDirectory();
    const environment = { DATA_DIR: directory.path, WORKER_CONCURRENCY: '1', SHUTDOWN_GRACE_SECONDS: '0' };
    const first = await Service.start(environment);
    const running = first.call({ code: waitingProgram('cut'), timeout: 60 });
    await untilProgramWaits(first, 'cut');
    const { headers } = await first.call({ code: '6 * 7' }, { headers: { prefer: 'respond-async' } });
    expect(await first.stop()).toBe(0);
    expect((await running).text).toBe(SHUTTING_DOWN);
    await using second = await Service.start(environment);
    await eventually('it has run', async () => {
      const { json } = await second.call(undefined, { path: headers.get('location') ?? '', method: 'GET' });
      return json.outcome?.result === 42;
    });
  });

  it('ends soon when callers keep idle connections', async () => {
    const service = await Service.start({ WORKER_CONCURRENCY: '1' });
    await service.run('1');
    const [embedded = 0] = service.children('redis-server');
    const startedAt = performance.now();
    expect(await service.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(() => process.kill(embedded, 0)).toThrow();
    await service[Symbol.asyncDispose]();
  });
});

describe('SIGKILL', () => {
  it('takes the embedded Redis along', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const [embedded = 0] = service.children('redis-server');
    service.signal('SIGKILL');
    await service.ended();
    await eventually('it is gone', () => {
      try {
        process.kill(embedded, 0);
        return false;
      } catch {
        return true;
      }
    });
  });
});
