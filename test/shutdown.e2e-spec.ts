import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RedisConnections } from '../src/platform/redis/redis-connections';
import { Balancer } from './support/balancer';
import { eventually } from './support/eventually';
import { goOn, groupsOf, jailsOf, untilWaiting as untilProgramWaits, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { type Answer, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { WebhookInbox } from './support/webhook-inbox';

const SHUTTING_DOWN = '{"error":"The service is shutting down","stdout":"","exit_code":503}';

/** A process whose parent has died may be there until it is reaped. */
async function untilGone(id: number): Promise<void> {
  await eventually('the process is gone', () => {
    try {
      process.kill(id, 0);
      return false;
    } catch {
      return true;
    }
  });
}

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
    return connections.commands.llen(`{pyexec}:execution:${list}`);
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
    expect((await fetch(`${service.origin}/health/live`)).status).toBe(200);
    const { status, text, headers } = await service.run('1');
    expect([status, text, headers.get('retry-after')]).toEqual([503, SHUTTING_DOWN, '5']);
    expect(headers.get('connection')).toBe('close');
    process.kill(job, 'SIGUSR1');
    const { json, headers: told } = await running;
    expect([json.response.result, told.get('connection')]).toEqual(['done', 'close']);
    expect((await queued).json.response.result).toBe('queued');
    expect(await service.ended()).toBe(0);
  });

  it('leaves jobs that wait to other workers, at once, and answers their callers', async () => {
    const shared = { REDIS_URL: redis.url, API_KEYS: 'test:a-key-for-all-of-the-instances', WORKER_CONCURRENCY: '1' };
    const headers = { 'x-api-key': 'a-key-for-all-of-the-instances' };
    await using ending = await Service.start(shared);
    const running = ending.call({ code: waitingProgram('first') }, { headers });
    await untilProgramWaits(ending, 'first');
    await using other = await Service.start(shared);
    const busy = other.call({ code: waitingProgram('other') }, { headers });
    await untilProgramWaits(other, 'other');
    const queued = [1, 2, 3].map((number) => ending.call({ code: `${number}` }, { headers }));
    await untilWaiting(3);
    ending.signal('SIGTERM');
    await eventually('it counts as a worker no more', async () => {
      const [, listeners] = await connections.commands.pubsub('NUMSUB', '{pyexec}:roles:all');
      return listeners === 1;
    });
    await goOn(ending, 'first');
    expect((await running).json.response.result).toBe('first');
    expect(await jobsIn('wait')).toBe(3);
    await goOn(other, 'other');
    expect((await Promise.all(queued)).map(({ json }): unknown => json.response.result)).toEqual([1, 2, 3]);
    expect((await busy).json.response.result).toBe('other');
    expect(await ending.ended()).toBe(0);
  });

  it('loses no request when two instances under load are started anew, one after the other', async () => {
    const shared = { REDIS_URL: redis.url, API_KEYS: 'test:a-key-for-all-of-the-instances', WORKER_CONCURRENCY: '1' };
    await using first = await Service.start(shared);
    await using second = await Service.start(shared);
    const balancer = new Balancer([first, second], { 'x-api-key': 'a-key-for-all-of-the-instances' });
    let isOver = false;
    const wrong: unknown[] = [];
    let right = 0;
    const call = async (caller: number): Promise<void> => {
      for (let number = 0; !isOver; number++) {
        const result = `${caller}.${number}`;
        const { status, json } = await balancer.run(`import time; time.sleep(0.02); return '${result}'`);
        if (status === 200 && json.response.result === result) right++;
        else wrong.push([status, json]);
      }
    };
    const callers = Promise.all([0, 1, 2, 3, 4, 5].map(call));
    callers.catch(() => undefined);
    await using successors = new AsyncDisposableStack();
    for (const [index, instance] of [first, second].entries()) {
      const before = right;
      await eventually('it is under load', () => right > before + 20);
      expect(await instance.stop()).toBe(0);
      const afterwards = right;
      await eventually('the other one does it all', () => right > afterwards + 20);
      balancer.instances[index] = successors.use(await Service.start(shared));
    }
    isOver = true;
    await callers;
    expect(wrong).toEqual([]);
  }, 60_000);

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
    // The one that ran is left to the next worker, which finds its caller gone.
    await untilWaiting(1);
    await connections.commands.flushall();
  });

  it('leaves jobs of other instances that do not finish in time to the next worker', async () => {
    const shared = { REDIS_URL: redis.url, API_KEYS: 'test:a-key-for-all-of-the-instances' };
    const headers = { 'x-api-key': 'a-key-for-all-of-the-instances' };
    await using api = await Service.start({ ...shared, ROLE: 'api' });
    const limits = { WORKER_CONCURRENCY: '1', SHUTDOWN_GRACE_SECONDS: '0' };
    await using worker = await Service.start({ ...shared, ...limits, ROLE: 'worker' });
    const call = api.call({ code: waitingProgram('cut'), timeout: 60 }, { headers });
    await untilProgramWaits(worker, 'cut');
    expect(await worker.stop()).toBe(0);
    await using successor = await Service.start({ ...shared, ...limits, ROLE: 'worker' });
    await goOn(successor, 'cut');
    expect((await call).json.response.result).toBe('cut');
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

describe('SIGINT', () => {
  it('of a terminal lets programs finish; the second one ends all at once, and leaves nothing', async () => {
    using temporary = new TemporaryDirectory();
    // The terminal tells all processes of its foreground group.
    await using service = await Service.start({ WORKER_CONCURRENCY: '1', TMPDIR: temporary.path }, ['setsid']);
    const [embedded = 0] = service.children('redis-server');
    const running = service.run(waitingProgram('endless'));
    const jail = await untilProgramWaits(service, 'endless');
    process.kill(-service.pid, 'SIGINT');
    await eventually('it has heard', async () => (await fetch(`${service.origin}/health/ready`)).status === 503);
    expect(await untilProgramWaits(service, 'endless')).toEqual(jail);
    const jails = jailsOf(service);
    const startedAt = performance.now();
    process.kill(-service.pid, 'SIGINT');
    expect((await running).text).toBe(SHUTTING_DOWN);
    expect(await service.ended()).toBe(130);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    for (const id of [embedded, jail.nsjail, jail.server, jail.job]) await untilGone(id);
    expect(groupsOf(jails)).toEqual([]);
    expect(readdirSync(temporary.path)).toEqual([]);
  });
});

describe('a log that nobody reads', () => {
  it('neither stops the service nor keeps it from ending', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1', LOG_LEVEL: 'debug' });
    service.stopReading();
    for (let call = 0; call < 1_000; call++) await fetch(`${service.origin}/nowhere`);
    expect((await service.run('1')).status).toBe(200);
    service.signal('SIGTERM');
    expect(await service.exited()).toBe(0);
  });

  it('may have gone before the service has started', async () => {
    using directory = new TemporaryDirectory();
    const socket = createServer();
    await once(socket.listen(0, '127.0.0.1'), 'listening');
    const { port } = socket.address() as AddressInfo;
    socket.close();
    const environment = { DATA_DIR: directory.path, PORT: `${port}`, HOST: '127.0.0.1', ROLE: 'api' };
    const service = spawn(process.execPath, [join(__dirname, '../dist/main.js')], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    service.stdout.destroy();
    const ended = once(service, 'exit');
    const complaints = text(service.stderr);
    await eventually('it listens', async () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    service.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await complaints).toBe('');
  });
});

describe('SIGKILL', () => {
  it('of a service and its Redis loses nothing that was accepted', async () => {
    using directory = new TemporaryDirectory();
    // The first try fails: its delivery waits for the next one when all is killed.
    await using inbox = await WebhookInbox.open((_received, count) => ({ status: count === 1 ? 500 : 204 }));
    const webhooks = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };
    const environment = { DATA_DIR: directory.path, WORKER_CONCURRENCY: '1', ...webhooks };
    const first = await Service.start(environment);
    const accept = async (code: string, webhook = {}): Promise<string> =>
      (await first.call({ code, ...webhook }, { headers: { prefer: 'respond-async' } })).headers.get('location') ?? '';
    const done = await accept('0', { webhook_url: inbox.url });
    await inbox.has(1);
    const held = await accept(waitingProgram('held'), { webhook_url: inbox.url });
    await untilProgramWaits(first, 'held');
    const accepted = [done, held];
    for (const code of ['1', '2', '3']) accepted.push(await accept(code, { webhook_url: inbox.url }));
    for (const id of first.children('redis-server')) process.kill(id, 'SIGKILL');
    first.signal('SIGKILL');
    await first.ended();

    await using second = await Service.start(environment);
    await untilProgramWaits(second, 'held', 30_000);
    await goOn(second, 'held');
    const records = async (): Promise<Answer[]> =>
      Promise.all(accepted.map((path) => second.call(undefined, { path, method: 'GET' })));
    await eventually(
      'all have run, and are delivered',
      async () => (await records()).every(({ json }) => json.webhook.status === 'delivered'),
      30_000,
    );
    expect((await records()).map(({ json }): unknown => [json.status, json.outcome.result])).toEqual(
      [0, 'held', 1, 2, 3].map((result) => ['succeeded', result]),
    );
  }, 60_000);

  it('of a service whose Redis stands still does not keep the next one from its data', async () => {
    using directory = new TemporaryDirectory();
    const environment = { DATA_DIR: directory.path, WORKER_CONCURRENCY: '1' };
    const first = await Service.start(environment);
    const { headers } = await first.call({ code: '6 * 7' }, { headers: { prefer: 'respond-async' } });
    const [embedded = 0] = first.children('redis-server');
    process.kill(embedded, 'SIGSTOP');
    first.signal('SIGKILL');
    await first.ended();
    await using second = await Service.start(environment);
    await untilGone(embedded);
    const { status } = await second.call(undefined, { path: headers.get('location') ?? '', method: 'GET' });
    expect(status).toBe(200);
  });

  it('takes the embedded Redis along', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const [embedded = 0] = service.children('redis-server');
    service.signal('SIGKILL');
    await service.ended();
    await untilGone(embedded);
  });
});
