import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { type Answer, Service } from './support/service';

const QUEUE_FULL = '{"error":"The queue is full","stdout":"","exit_code":429}';
const API_KEY = 'a-key-for-all-of-the-instances';

describe('a queue shared by instances', () => {
  let redis: PrivateRedis;
  let shared: Record<string, string>;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    shared = { REDIS_URL: redis.url, API_KEYS: `test:${API_KEY}`, MAX_QUEUE_LENGTH: '20' };
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  const run = async (service: Service, code: string): Promise<Answer> =>
    service.call({ code }, { headers: { 'x-api-key': API_KEY } });

  it('is exactly bounded over all of them, and each gets the answers to its own jobs', async () => {
    await using first = await Service.start({ ...shared, ROLE: 'api' });
    await using second = await Service.start({ ...shared, ROLE: 'api' });
    const refused: Answer[] = [];
    const calls = Array.from({ length: 60 }, async (_, index) => {
      const answer = await run(index % 2 === 0 ? first : second, `${index}`);
      if (answer.status === 429) refused.push(answer);
      return answer;
    });
    await eventually('all over the bound are refused', () => refused.length === 40);
    for (const { text, headers } of refused) {
      expect(text).toBe(QUEUE_FULL);
      // No worker is there: as long as those are told to wait whom none has served, and up to a quarter more.
      expect(headers.get('retry-after')).toMatch(/^3[0-8]$/);
    }

    await using worker = await Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '2' });
    const answers = await Promise.all(calls);
    const results = answers.flatMap(({ status, json }, index) =>
      status === 200 ? [[json.response.result, index]] : [],
    );
    expect(results).toHaveLength(20);
    for (const [result, index] of results) expect(result).toBe(index);
    expect((await run(worker, '1')).status).toBe(404);
  }, 60_000);

  it('has room again once jobs have left it', async () => {
    await using service = await Service.start({ ...shared, WORKER_CONCURRENCY: '1', MAX_QUEUE_LENGTH: '1' });
    const { commands } = await redis.connect();
    const running = run(service, 'import time; time.sleep(1)');
    await eventually('the first job runs', async () => (await commands.llen('pyexec:execution:active')) === 1);
    const waiting = run(service, '2');
    await eventually('the second job waits', async () => (await commands.llen('pyexec:execution:wait')) === 1);
    expect((await run(service, '3')).status).toBe(429);
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
    expect((await run(service, '4')).status).toBe(200);
  });

  it('gives a caller our own fault when the worker of its job is lost', async () => {
    await using service = await Service.start({ ...shared, ROLE: 'api' });
    const worker = await Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '1' });
    const { commands } = await redis.connect();
    const call = run(service, 'import time; time.sleep(100)');
    await eventually('the job runs', async () => (await commands.llen('pyexec:execution:active')) === 1);
    worker.signal('SIGKILL');
    const { status, text, headers } = await call;
    expect([status, text]).toEqual([
      500,
      '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}',
    ]);
    expect(headers.get('x-job-id')).not.toBeNull();
    const options = { path: headers.get('location') ?? '', method: 'GET', headers: { 'x-api-key': API_KEY } };
    const record = await service.call(undefined, options);
    const verdict = { status: 'lost', code: 500, message: 'An internal server error occurred', outcome: null };
    expect(record.json).toMatchObject({ ...verdict, started_at: expect.any(String), finished_at: expect.any(String) });
  }, 120_000);
});
