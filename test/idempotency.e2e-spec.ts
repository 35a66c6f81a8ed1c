import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { untilWaiting, waitingProgram } from './support/jails';
import { type Answer, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const RUNNING = '{"error":"A request with this idempotency key is still running","stdout":"","exit_code":409}';
const REUSED = '{"error":"The idempotency key was used with another request","stdout":"","exit_code":422}';

const withKey = (key: string, more: Record<string, string> = {}): { headers: Record<string, string> } => ({
  headers: { 'idempotency-key': key, ...more },
});

/** Whether an answer says that it is an earlier one's. */
const isReplay = (answer: Answer): boolean => answer.headers.get('idempotency-replayed') === 'true';

function expectSame(replay: Answer, first: Answer): void {
  expect([replay.status, replay.text]).toEqual([first.status, first.text]);
  for (const name of ['x-job-id', 'location', 'content-type', 'preference-applied']) {
    expect(replay.headers.get(name)).toBe(first.headers.get(name));
  }
  expect([isReplay(first), isReplay(replay)]).toEqual([false, true]);
}

describe('Idempotency-Key', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      WORKER_CONCURRENCY: '2',
      API_KEYS: 'one:the-key-of-one-caller,other:the-key-of-another-one',
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  const call = async (body: unknown, key: string, more: Record<string, string> = {}): Promise<Answer> =>
    service.call(body, withKey(key, { 'x-api-key': 'the-key-of-one-caller', ...more }));

  it.each([
    ['a success', { code: 'import os, time\nprint(time.time())\nos.urandom(8).hex()', id: 'mine' }],
    ['a failure', { code: 'import os\nraise ValueError(os.urandom(8).hex())' }],
    ['a timeout', { code: 'while True: pass', timeout: 1 }],
  ])('gives a repeat the first answer, byte for byte: %s', async (what, body) => {
    const first = await call(body, `repeat ${what}`.replaceAll(' ', '-'));
    const replay = await call(body, `repeat ${what}`.replaceAll(' ', '-'));
    expectSame(replay, first);
  });

  it('gives a repeat the first answer when it was told to wait', async () => {
    const respondAsync = { prefer: 'respond-async' };
    const first = await call({ code: '1' }, 'async', respondAsync);
    expect(first.status).toBe(202);
    expectSame(await call({ code: '1' }, 'async', respondAsync), first);
  });

  it('knows a request again that is written in another form', async () => {
    const first = await call('{"code": "1+1", "timeout": 30}', 'form');
    expectSame(await call('{ "timeout":30,"code":"1\\u002b1" }', 'form'), first);
    expectSame(await call('{"code":"1+1"}', 'form'), first);
  });

  it.each([{ code: '2' }, { code: '1', timeout: 31 }, { code: '1', id: 'x' }])(
    'refuses another request with the same key: %j',
    async (body) => {
      const key = JSON.stringify(body).replaceAll(/\W/g, '');
      await call({ code: '1' }, key);
      const { status, text } = await call(body, key);
      expect([status, text]).toEqual([422, REUSED]);
    },
  );

  it('lets another caller use the same key', async () => {
    const first = await call({ code: '1' }, 'shared');
    const other = await call({ code: '2' }, 'shared', { 'x-api-key': 'the-key-of-another-one' });
    expect([other.status, other.json.response.result, isReplay(other)]).toEqual([200, 2, false]);
    expect(other.json.job_id).not.toBe(first.json.job_id);
  });

  it('refuses a repeat while the first one runs', async () => {
    const body = { code: waitingProgram('first'), timeout: 60 };
    const first = call(body, 'running');
    const { job } = await untilWaiting(service, 'first');
    const { status, text, headers } = await call(body, 'running');
    expect([status, text, headers.get('retry-after')]).toEqual([409, RUNNING, '1']);
    process.kill(job, 'SIGUSR1');
    const answer = await first;
    expectSame(await call(body, 'running'), answer);
    expect([headers.get('x-job-id'), headers.get('location')]).toEqual([
      answer.json.job_id,
      `/v1/jobs/${answer.json.job_id}`,
    ]);
  });

  it('is not taken by a request that was not accepted', async () => {
    expect((await call({ code: 1 }, 'refused')).status).toBe(400);
    const { status, json } = await call({ code: '1' }, 'refused');
    expect([status, json.response.result]).toEqual([200, 1]);
  });

  it('is free again once the retention is over', async () => {
    await using brief = await Service.start({ WORKER_CONCURRENCY: '1', JOB_RETENTION_SECONDS: '1' });
    const first = await brief.call({ code: '1' }, withKey('K'));
    let second = first;
    await eventually('another request may have it', async () => {
      second = await brief.call({ code: '2' }, withKey('K'));
      return second.status !== 422;
    });
    expect([second.status, second.json.response.result, isReplay(second)]).toEqual([200, 2, false]);
  });

  it('holds when the service is started anew', async () => {
    using directory = new TemporaryDirectory();
    const environment = { DATA_DIR: directory.path, WORKER_CONCURRENCY: '1' };
    const body = { code: 'import os\nos.urandom(8).hex()' };
    const before = await Service.start(environment);
    const first = await before.call(body, withKey('K'));
    expect(await before.stop()).toBe(0);
    await using after = await Service.start(environment);
    expectSame(await after.call(body, withKey('K')), first);
    const { json } = await after.call(undefined, { path: first.headers.get('location') ?? '', method: 'GET' });
    expect(json).toMatchObject({ status: 'succeeded', outcome: { result: first.json.response.result } });
  });
});

describe('40 calls at once with one key, over two instances', () => {
  it('make one job', async () => {
    await using redis = await PrivateRedis.start();
    const { commands } = await redis.connect();
    const key = 'a-key-for-all-of-the-instances';
    const shared = { REDIS_URL: redis.url, API_KEYS: `test:${key}`, WORKER_CONCURRENCY: '1' };
    await using one = await Service.start(shared);
    await using other = await Service.start({ ...shared, ROLE: 'api' });
    const body = { code: waitingProgram('single'), timeout: 60 };
    const call = async (index: number): Promise<Answer> =>
      (index % 2 === 0 ? one : other).call(body, withKey('K', { 'x-api-key': key }));

    const refused: Answer[] = [];
    const calls = Array.from({ length: 40 }, async (_, index) => {
      const answer = await call(index);
      // The only one that waits is let go once all others have been told.
      if (answer.status === 409 && refused.push(answer) === 39) {
        process.kill((await untilWaiting(one, 'single')).job, 'SIGUSR1');
      }
      return answer;
    });
    const answers = await Promise.all(calls);
    const firsts = answers.filter(({ status }) => status === 200);
    expect([firsts.length, refused.length]).toEqual([1, 39]);
    expect(await commands.keys('{pyexec}:jobs:*')).toHaveLength(1);

    for (const replay of await Promise.all(Array.from({ length: 40 }, (_, index) => call(index)))) {
      expectSame(replay, firsts[0]!);
    }
    expect(await commands.keys('{pyexec}:jobs:*')).toHaveLength(1);
  });
});
