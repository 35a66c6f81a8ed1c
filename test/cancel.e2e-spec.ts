import { type RedisConnections } from '../src/platform/redis/redis-connections';
import { eventually } from './support/eventually';
import { isRunning, untilWaiting, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { rawCall } from './support/raw-call';
import { type Answer, Service } from './support/service';
import { within } from './support/within';

const CANCELLED = '{"error":"Execution was cancelled","stdout":"","exit_code":400}';
const FINISHED = '{"error":"The job has already finished","stdout":"","exit_code":409}';
const ASYNC = { prefer: 'respond-async' };

let redis: PrivateRedis;
let connections: RedisConnections;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  connections = await redis.connect();
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

async function jobsThatWait(): Promise<number> {
  return connections.commands.llen('{pyexec}:execution:wait');
}

async function untilJobsWait(count: number): Promise<void> {
  await eventually(`${count} jobs wait`, async () => (await jobsThatWait()) === count);
}

/** A program that takes a minute unless it is told to go on, or is ended. */
const long = (name: string, before = ''): object => ({ code: before + waitingProgram(name), timeout: 60 });

const pathOf = (answer: Answer): string => answer.headers.get('location') ?? '';

describe('with one slot', () => {
  let service: Service;

  const get = async (path: string): Promise<Answer> => service.call(undefined, { path, method: 'GET' });
  const cancel = async (path: string): Promise<Answer> => service.call(undefined, { path, method: 'DELETE' });
  const submit = async (body: object): Promise<string> => pathOf(await service.call(body, { headers: ASYNC }));

  beforeAll(async () => {
    service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1' });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  /** Keeps the only slot busy until it is let go. */
  async function block(name: string): Promise<() => Promise<void>> {
    const answer = service.call(long(name));
    const { job } = await untilWaiting(service, name);
    return async () => {
      process.kill(job, 'SIGUSR1');
      expect((await answer).status).toBe(200);
    };
  }

  /** The slot runs another program at once. */
  async function expectFreeSlot(): Promise<void> {
    const { json } = await within(10, 'the slot is free', service.run('6 * 7'));
    expect(json.response?.result).toBe(42);
  }

  describe('DELETE of a job that waits', () => {
    it('takes it out of the queue, and it never runs', async () => {
      const letGo = await block('blocker');
      const [path, next] = [await submit(long('never')), await submit({ code: '1' })];
      await untilJobsWait(2);
      const { status, headers, json } = await cancel(path);
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      const outcome = { kind: 'cancelled', error: 'Execution was cancelled', stdout: '', stderr: '', exit_code: null };
      expect(json).toMatchObject({ status: 'cancelled', started_at: null, pid: null, run_time: 0, outcome });
      expect(await jobsThatWait()).toBe(1);
      await letGo();
      await eventually('the next one has run', async () => (await get(next)).json.status === 'succeeded');
      expect((await get(path)).json).toEqual(json);
    });

    it('answers whoever waits for it', async () => {
      const letGo = await block('blocker');
      const call = service.call({ ...long('never'), id: 'mine' });
      await untilJobsWait(1);
      const [id = ''] = await connections.commands.lrange('{pyexec}:execution:wait', 0, 0);
      await cancel(`/v1/jobs/${id}`);
      const { status, text, headers } = await call;
      expect([status, text, headers.get('x-job-id')]).toEqual([400, CANCELLED, id]);
      await letGo();
    });
  });

  describe('DELETE of a job that runs', () => {
    it('kills it at once, keeps what it had written, and frees its slot', async () => {
      const path = await submit(
        long('victim', 'import sys\nprint("partial", flush=True)\nprint("why", file=sys.stderr, flush=True)\n'),
      );
      const { job } = await untilWaiting(service, 'victim');
      const { status, json } = await cancel(path);
      expect(status).toBe(200);
      const outcome = {
        kind: 'cancelled',
        result: null,
        stdout: 'partial\n',
        stderr: 'why\n',
        exit_code: null,
        signal: null,
      };
      expect(json).toMatchObject({
        status: 'cancelled',
        code: 400,
        message: 'Execution was cancelled',
        outcome,
        pid: job,
      });
      expect(isRunning(job)).toBe(false);
      await expectFreeSlot();
      expect((await get(path)).json).toEqual(json);
    });

    it('answers whoever waits for it with what it had written', async () => {
      const call = service.call(long('victim', 'print("partial", flush=True)\n'));
      await untilWaiting(service, 'victim');
      const [key = ''] = await connections.commands.lrange('{pyexec}:execution:active', 0, 0);
      await cancel(`/v1/jobs/${key}`);
      const { status, text } = await call;
      expect([status, text]).toEqual([
        400,
        '{"error":"Execution was cancelled","stdout":"partial\\n","exit_code":400}',
      ]);
    });

    it('ends one that will not end, with all its children', async () => {
      const path = await submit(
        long(
          'stubborn',
          'import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nfor _ in range(5): os.fork()\n',
        ),
      );
      const { job, server } = await untilWaiting(service, 'stubborn');
      expect((await cancel(path)).json.status).toBe('cancelled');
      await eventually('all are gone', () => !isRunning(job) && isRunning(server));
      await expectFreeSlot();
    });
  });

  describe('DELETE of a job that has ended', () => {
    it.each([
      ['1', 'succeeded'],
      ['1/0', 'failed'],
    ])('is refused, and changes nothing: %s', async (code, state) => {
      const path = pathOf(await service.run(code));
      const before = await get(path);
      expect(before.json.status).toBe(state);
      const { status, text } = await cancel(path);
      expect([status, text]).toEqual([409, FINISHED]);
      expect((await get(path)).text).toBe(before.text);
    });

    it('says again that it is cancelled', async () => {
      const letGo = await block('blocker');
      const path = await submit({ code: '1' });
      const [first, second] = [await cancel(path), await cancel(path)];
      expect([second.status, second.text]).toEqual([200, first.text]);
      await letGo();
    });
  });

  describe('a caller that hangs up', () => {
    it('ends its job, which runs, and frees the slot', async () => {
      const socket = await rawCall(service, long('left'));
      const { job } = await untilWaiting(service, 'left');
      socket.destroy();
      await eventually('it is dead', () => !isRunning(job));
      await expectFreeSlot();
    });

    it('ends its job, which waits', async () => {
      const letGo = await block('blocker');
      const socket = await rawCall(service, long('left'));
      await untilJobsWait(1);
      socket.destroy();
      await untilJobsWait(0);
      await letGo();
    });

    it('leaves it when it has an idempotency key, and finds its answer when it comes back', async () => {
      const headers = { 'idempotency-key': 'come-back' };
      const socket = await rawCall(service, long('left'), headers);
      const { job } = await untilWaiting(service, 'left');
      socket.destroy();
      // What comes later on another connection comes after the hang-up has been seen, or might be seen before it: both are fine.
      expect((await service.call(long('left'), { headers })).status).toBe(409);
      expect(isRunning(job)).toBe(true);
      process.kill(job, 'SIGUSR1');
      let answer = await service.call(long('left'), { headers });
      await eventually('it has ended', async () => {
        answer = await service.call(long('left'), { headers });
        return answer.status !== 409;
      });
      expect([answer.status, answer.json.response.result]).toEqual([200, 'left']);
      expect(answer.headers.get('idempotency-replayed')).toBe('true');
    });
  });
});

describe('over instances', () => {
  it('a job is cancelled by one that neither accepted it nor runs it', async () => {
    const shared = { REDIS_URL: redis.url, API_KEYS: 'test:a-key-for-all-of-the-instances' };
    const options = { headers: { 'x-api-key': 'a-key-for-all-of-the-instances' } };
    await using accepting = await Service.start({ ...shared, ROLE: 'api' });
    await using cancelling = await Service.start({ ...shared, ROLE: 'api' });
    await using worker = await Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '1' });

    const running = accepting.call(long('victim', 'print("partial", flush=True)\n'), options);
    const { job } = await untilWaiting(worker, 'victim');
    const waiting = accepting.call(long('never'), options);
    await untilJobsWait(1);
    const ids = await Promise.all(
      ['active', 'wait'].map((list) => connections.commands.lindex(`{pyexec}:execution:${list}`, 0)),
    );
    for (const id of ids) {
      const { status, json } = await cancelling.call(undefined, {
        ...options,
        path: `/v1/jobs/${id}`,
        method: 'DELETE',
      });
      expect([status, json.status]).toEqual([200, 'cancelled']);
    }
    expect((await running).json).toEqual({ error: 'Execution was cancelled', stdout: 'partial\n', exit_code: 400 });
    expect((await waiting).text).toBe(CANCELLED);
    expect(isRunning(job)).toBe(false);
  });
});
