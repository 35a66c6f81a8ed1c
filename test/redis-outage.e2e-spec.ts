import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { childrenOf, commandOf, goOn, jailsOf, untilWaiting, waitingProgram } from './support/jails';
import { SmallDisk } from './support/small-disk';
import { type Answer, Service } from './support/service';
import { WebhookInbox } from './support/webhook-inbox';
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

describe.each(['is gone', 'hangs'])('while Redis %s', (what) => {
  it('callers are told so in about a second, and all that was accepted comes to its end afterwards', async () => {
    await using inbox = await WebhookInbox.open();
    await using redis = await PrivateRedis.start();
    const key = 'a-key-for-both-of-the-instances';
    const shared = { REDIS_URL: redis.url, API_KEYS: `test:${key}`, RATE_LIMIT_PER_MINUTE: '1000' };
    const webhooks = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };
    await using api = await Service.start({ ...shared, ...webhooks, ROLE: 'api' });
    await using worker = await Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '2' });
    const headers = { 'x-api-key': key };
    const run = (body: object): Promise<Answer> => api.call(body, { headers });
    const call = run({ code: waitingProgram('held'), webhook_url: inbox.url });
    await untilWaiting(worker, 'held');
    const { headers: followed } = await api.call(
      { code: waitingProgram('seen') },
      { headers: { ...headers, prefer: 'respond-async' } },
    );
    await untilWaiting(worker, 'seen');
    const events = await fetch(`${api.origin}${followed.get('location') ?? ''}/events`, { headers });

    await (what === 'hangs' ? redis.freeze() : redis.takeAway());
    for (const seconds of [2.5, 1.5, 1.5]) {
      const startedAt = performance.now();
      const { status, text, headers } = await run({ code: '1' });
      expect([status, text, headers.get('retry-after')]).toEqual([503, UNAVAILABLE, '1']);
      expect(performance.now() - startedAt).toBeLessThan(seconds * 1000);
    }
    for (const { origin } of [api, worker]) {
      expect((await fetch(`${origin}/health/live`)).status).toBe(200);
      expect((await fetch(`${origin}/health/ready`)).status).toBe(503);
    }
    await goOn(worker, 'held');
    await goOn(worker, 'seen');
    await eventually('both programs have ended', () => {
      const programs = jailsOf(worker).flatMap(({ server }) => childrenOf(server).map(commandOf));
      return !programs.some((name) => ['held', 'seen'].includes(name));
    });

    if (what === 'hangs') redis.thaw();
    else await redis.bringBack();
    await eventually('jobs run again', async () => (await run({ code: '1' })).status === 200);
    expect((await run({ code: '1' })).headers.get('ratelimit-remaining')).not.toBeNull();
    for (const { origin } of [api, worker]) {
      await eventually('it is ready', async () => (await fetch(`${origin}/health/ready`)).status === 200);
    }
    expect((await call).json.response.result).toBe('held');
    expect((await inbox.has(1))[0]?.json.response.result).toBe('held');
    const { status, outcome } = JSON.parse(
      /^event: done\n(?:id: .*\n)?data: (.*)$/m.exec(await events.text())?.[1] ?? '',
    );
    expect([status, outcome.result]).toEqual(['succeeded', 'seen']);
  }, 60_000);
});

describe('a disk that is full', () => {
  it('is answered with 503, and nothing that was accepted is lost', async () => {
    using disk = new SmallDisk();
    await using service = await Service.start({ DATA_DIR: disk.path, WORKER_CONCURRENCY: '1' });
    const prefer = { headers: { prefer: 'respond-async' } };
    const accept = async (code: string): Promise<string> =>
      (await service.call({ code }, prefer)).headers.get('location') ?? '';
    const stateOf = async (path: string): Promise<unknown> =>
      (await service.call(undefined, { path, method: 'GET' })).json.status;
    const accepted = [await accept(waitingProgram('held')), await accept('1'), await accept('2')];
    await untilWaiting(service, 'held');

    disk.fill();
    await eventually('a caller is told', async () => {
      const { status, text, headers } = await service.call({ code: '3' }, prefer);
      // One may fit into what is left of a block.
      if (status === 202) return false;
      expect([status, text, headers.get('retry-after')]).toEqual([503, UNAVAILABLE, '1']);
      return true;
    });
    expect((await fetch(`${service.origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${service.origin}/health/ready`)).status).toBe(503);
    await goOn(service, 'held');
    expect(await stateOf(accepted[2]!)).toBe('queued');

    disk.clear();
    await eventually('all have run', async () =>
      (await Promise.all(accepted.map(stateOf))).every((state) => state === 'succeeded'),
    );
    expect((await service.run('4')).status).toBe(200);
  }, 60_000);
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
