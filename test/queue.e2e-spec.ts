import { queueKey } from '../src/jobs/execution-queue';
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
    await eventually('the first job runs', async () => (await commands.llen(queueKey('active'))) === 1);
    const waiting = run(service, '2');
    await eventually('the second job waits', async () => (await commands.llen(queueKey('wait'))) === 1);
    expect((await run(service, '3')).status).toBe(429);
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
    expect((await run(service, '4')).status).toBe(200);
  });

  describe('a job whose worker is lost', () => {
    const startWorker = (): Promise<Service> => Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '2' });

    async function untilActive(count: number): Promise<void> {
      const { commands } = await redis.connect();
      await eventually('they run', async () => (await commands.llen(queueKey('active'))) === count);
    }

    it('runs again on another, and is lost with that one, which the caller is told', async () => {
      await using service = await Service.start({ ...shared, ROLE: 'api' });
      const worker = await startWorker();
      const calls = [run(service, 'import time; time.sleep(4); 42'), run(service, 'import time; time.sleep(100)')];
      await untilActive(2);
      worker.signal('SIGKILL');
      const next = await startWorker();
      expect(await calls[0]).toMatchObject({ status: 200, json: { response: { result: 42 } } });
      next.signal('SIGKILL');
      const { status, text, headers } = await calls[1]!;
      const fault = '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}';
      expect([status, text]).toEqual([500, fault]);
      const options = { path: headers.get('location') ?? '', method: 'GET', headers: { 'x-api-key': API_KEY } };
      const verdict = { status: 'lost', code: 500, message: 'An internal server error occurred', outcome: null };
      expect((await service.call(undefined, options)).json).toMatchObject(verdict);
    }, 120_000);

    it('runs again when its worker hangs, which says nothing of it when it wakes', async () => {
      await using service = await Service.start({ ...shared, ROLE: 'api' });
      await using worker = await startWorker();
      // Each run has a result of its own.
      const call = run(service, 'import time, uuid; time.sleep(1); str(uuid.uuid4())');
      await untilActive(1);
      worker.signal('SIGSTOP');
      await using next = await startWorker();
      const { status, json, headers } = await call;
      expect(status).toBe(200);
      worker.signal('SIGCONT');
      const ready = { path: '/health/ready', method: 'GET', headers: { 'x-api-key': API_KEY } };
      next.signal('SIGTERM');
      await eventually('it works again', async () => (await worker.call(undefined, ready)).status === 200);
      const options = { path: headers.get('location') ?? '', method: 'GET', headers: { 'x-api-key': API_KEY } };
      const { outcome } = (await service.call(undefined, options)).json;
      expect(outcome).toMatchObject({ result: json.response.result });
    }, 120_000);
  });
});
