import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { untilWaiting, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { Scrape } from './support/scrape';
import { type Answer, FailedStart, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

/** A machine without control groups, for the command that follows. */
const WITHOUT_CGROUPS = [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
  ...['mount -t tmpfs -o ro none /sys/fs/cgroup && exec "$@"', 'sh'],
];

const get = async (service: Service, path: string): Promise<Answer> => service.call(undefined, { path, method: 'GET' });

describe('GET /health', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ WORKER_CONCURRENCY: '1' });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it('live says that the process lives, without a key', async () => {
    const response = await fetch(`${service.origin}/health/live`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', info: {}, error: {}, details: {} });
  });

  it('ready says, without a key, what a program in a jail has found around it', async () => {
    const response = await fetch(`${service.origin}/health/ready`);
    expect(response.status).toBe(200);
    const details = {
      service: { status: 'up' },
      redis: { status: 'up' },
      sandbox: {
        status: 'up',
        controlGroups: expect.any(Number),
        seccomp: true,
        capabilities: false,
        hostUids: [expect.any(Number), expect.any(Number)],
        hostPathsVisible: false,
        sharedNamespaces: [],
      },
    };
    expect(await response.json()).toEqual({ status: 'ok', info: details, error: {}, details });
  });

  it('is never kept by a cache, and takes no other method', async () => {
    const response = await fetch(`${service.origin}/health/ready`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await get(service, '/health/ready')).headers.get('cache-control')).toMatch(/no-store/);
  });

  it('ready stays so while every slot is busy for long', async () => {
    const answer = service.call({ code: waitingProgram('busy'), timeout: 60 });
    const { job } = await untilWaiting(service, 'busy');
    expect((await get(service, '/health/ready')).status).toBe(200);
    process.kill(job, 'SIGUSR1');
    await answer;
  });
});

describe('readiness', () => {
  it('is lost with Redis, and life is not', async () => {
    const redis = await PrivateRedis.start();
    await using service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1' });
    await redis[Symbol.asyncDispose]();
    const { status, json } = await get(service, '/health/ready');
    expect([status, json.status, json.error.redis.status, json.info.sandbox.status]).toEqual([
      503,
      'error',
      'down',
      'up',
    ]);
    expect((await get(service, '/health/live')).status).toBe(200);
  });

  it('is lost while Redis hangs, for all who ask, and comes back with it', async () => {
    await using redis = await PrivateRedis.start();
    await using service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1' });
    await redis.freeze();
    await eventually(
      'metrics say so without a probe',
      async () => (await Scrape.of(service)).value('pyexec_ready') === 0,
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(service, '/health/ready')));
    for (const { status, json } of answers)
      expect([status, Object.keys(json.error as object)]).toEqual([503, ['redis']]);
    redis.thaw();
    await eventually('it is ready again', async () => (await get(service, '/health/ready')).status === 200);
    await eventually('metrics say so', async () => (await Scrape.of(service)).value('pyexec_ready') === 1);
  });

  it('is lost as soon as the service is told to stop', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const answer = service.call({ code: waitingProgram('last'), timeout: 60 });
    const { job } = await untilWaiting(service, 'last');
    service.signal('SIGTERM');
    await eventually('it is not ready', async () => {
      const { status, json } = await get(service, '/health/ready');
      if (status === 200) return false;
      expect([status, json.error]).toEqual([503, { service: { status: 'down', message: 'shutting down' } }]);
      return true;
    });
    expect((await get(service, '/health/live')).status).toBe(200);
    expect((await Scrape.of(service)).value('pyexec_ready')).toBe(0);
    process.kill(job, 'SIGUSR1');
    expect((await answer).status).toBe(200);
  });

  it('of an instance that runs nothing does not ask for a jail', async () => {
    await using redis = await PrivateRedis.start();
    await using service = await Service.start({ REDIS_URL: redis.url, ROLE: 'api', API_KEYS: 'a:0123456789abcdef' });
    const response = await fetch(`${service.origin}/health/ready`);
    const { details } = (await response.json()) as { details: object };
    expect([response.status, Object.keys(details)]).toEqual([200, ['service', 'redis']]);
  });
});

describe('a service without CAP_SYS_ADMIN', () => {
  it('confines programs all the same, and says that they can see where mounts come from', async () => {
    const starter = ['setpriv', '--bounding-set=-sys_admin', '--'];
    await using service = await Service.start({ PYTHON_BIN: '/usr/bin/python3', WORKER_CONCURRENCY: '1' }, starter);
    const { sandbox } = (await get(service, '/health/ready')).json.details;
    expect(sandbox).toMatchObject({ seccomp: true, capabilities: false, sharedNamespaces: [], hostPathsVisible: true });
    expect((await service.run('6 * 7')).json.response.result).toBe(42);
  });

  it('does not start where a folder that only root may enter holds what programs need', async () => {
    using directory = new TemporaryDirectory();
    const folder = join(directory.path, 'closed');
    mkdirSync(folder, { mode: 0o700 });
    const starter = ['setpriv', '--bounding-set=-sys_admin', '--'];
    execFileSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', folder]);
    const start = Service.start({ PYTHON_BIN: join(folder, 'bin/python3'), WORKER_CONCURRENCY: '1' }, starter);
    await expect(start).rejects.toThrow(/closed\/lib lies in a folder that is closed to others/);
  });
});

describe('a machine without control groups', () => {
  it('is told of at the start and in its health, and still limits memory', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' }, WITHOUT_CGROUPS);
    expect(service.output).toMatch(/"level":40.*No control group can be used/);
    expect((await get(service, '/health/ready')).json.details.sandbox.controlGroups).toBeNull();
    const { status, json } = await service.run('held = []\nwhile True: held.append(bytearray(2**20))');
    expect([status, json.error]).toEqual([400, 'Memory limit of 256 MiB exceeded']);
    expect((await service.run('6 * 7')).json.response.result).toBe(42);
  });

  it('is refused where control groups are required', async () => {
    const failure: unknown = await Service.start({ REQUIRE_CGROUP: 'true' }, WITHOUT_CGROUPS).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(FailedStart);
    expect((failure as FailedStart).exitCode).toBe(1);
    expect((failure as FailedStart).stderr).toMatch(/REQUIRE_CGROUP is true, and no control group can be used/);
  });
});
