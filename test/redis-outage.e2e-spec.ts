import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const UNAVAILABLE = '{"error":"The queue is not available","stdout":"","exit_code":503}';

describe('a Redis that goes away', () => {
  it('is started again when it is embedded', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const [redis = 0] = service.children('redis-server');
    process.kill(redis, 'SIGKILL');
    await eventually('jobs run again', async () => {
      const { status } = await service.run('1');
      expect([200, 503]).toContain(status);
      return status === 200;
    });
    const [successor] = service.children('redis-server');
    expect(successor).not.toBe(redis);
  });

  it('does not keep a finished program from its caller', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '2' });
    const call = service.run('import time; time.sleep(1); "done"');
    // Taken from the queue after the first one, and by another slot.
    await service.run('1');
    process.kill(service.children('redis-server')[0] ?? 0, 'SIGKILL');
    const { status, json } = await call;
    expect([status, json.response?.result]).toEqual([200, 'done']);
  });

  it('is answered with 503 in about a second, until it is back', async () => {
    using directory = new TemporaryDirectory();
    const socket = join(directory.path, 'redis.sock');
    const startRedis = (): ChildProcess =>
      spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory.path]);
    let redis = startRedis();
    await using service = await Service.start({ REDIS_URL: `unix://${socket}`, WORKER_CONCURRENCY: '1' });
    const { status, headers: named } = await service.run('1');
    expect(status).toBe(200);
    const path = named.get('location') ?? '';

    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    await gone;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const startedAt = performance.now();
      const { status, text, headers } = await service.run('1');
      expect([status, text, headers.get('retry-after')]).toEqual([503, UNAVAILABLE, '1']);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
    for (const method of ['GET', 'DELETE']) {
      const { status, text, headers } = await service.call(undefined, { path, method });
      expect([status, text, headers.get('retry-after')]).toEqual([503, UNAVAILABLE, '1']);
    }

    redis = startRedis();
    try {
      await eventually('jobs run again', async () => (await service.run('1')).status === 200);
    } finally {
      redis.kill('SIGKILL');
    }
  });
});

describe('a Redis that is full', () => {
  it('is answered with 503, and no program gets into the log', async () => {
    await using redis = await PrivateRedis.start();
    const { commands } = await redis.connect();
    await using service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1', LOG_LEVEL: 'debug' });
    await commands.config('SET', 'maxmemory', '1');
    const { status, text } = await service.run('"a secret of its caller"');
    expect([status, text]).toEqual([503, UNAVAILABLE]);
    await commands.config('SET', 'maxmemory', '0');
    await eventually('jobs run again', async () => (await service.run('1')).status === 200);
    expect(service.output).toContain('A job could not be queued');
    expect(service.output).not.toContain('a secret of its caller');
  });
});
