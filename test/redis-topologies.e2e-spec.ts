import { Caller } from './support/caller';
import { eventually } from './support/eventually';
import { type RedisTopology, startCluster, startSecure, startSentinel } from './support/redis-topologies';
import { Scrape } from './support/scrape';
import { type Answer, Service } from './support/service';
import { WebhookInbox } from './support/webhook-inbox';

const API_KEY = 'a-key-for-all-of-the-topologies';
/** An answer whose message was lost comes when its job is looked at, which takes longer. */
const TOLD_AT_ONCE_MS = 4_000;
const RECOVERY_MS = 30_000;

describe.each([
  ['one server, by TLS, whose user may do no more than it needs', startSecure],
  ['a master that sentinels name', startSentinel],
  ['a cluster', startCluster],
])('with %s', (_what, startRedis) => {
  let redis: RedisTopology;
  let api: Service;
  let worker: Service;
  let inbox: WebhookInbox;
  const caller = new Caller(() => api, API_KEY);

  beforeAll(async () => {
    redis = await startRedis();
    inbox = await WebhookInbox.open();
    const shared = {
      ...redis.environment,
      API_KEYS: `team:${API_KEY}`,
      RATE_LIMIT_PER_MINUTE: '1000',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    };
    [api, worker] = await Promise.all([
      Service.start({ ...shared, ROLE: 'api' }),
      Service.start({ ...shared, ROLE: 'worker', WORKER_CONCURRENCY: '2', PYTHON_PRELOAD: '' }),
    ]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([api, worker].map((service) => service[Symbol.asyncDispose]()));
    await inbox[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  }, 60_000);

  const call = async (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call(body, { headers: { 'x-api-key': API_KEY, ...headers } });

  async function expectPromptAnswer(): Promise<void> {
    const startedAt = performance.now();
    expect(await call({ code: '6 * 7' })).toMatchObject({ status: 200, json: { response: { result: 42 } } });
    expect(performance.now() - startedAt).toBeLessThan(TOLD_AT_ONCE_MS);
  }

  async function untilCounted(): Promise<void> {
    await eventually(
      'both instances are counted',
      async () => {
        const scrape = await Scrape.of(api);
        return ['api', 'worker'].every((role) => scrape.value('pyexec_instances', { role }) === 1);
      },
      RECOVERY_MS,
    );
  }

  it('answers, keeps records, repeats, counts and limits', async () => {
    await expectPromptAnswer();
    const once = { 'idempotency-key': '"once"' };
    const first = await call({ code: 'import uuid; str(uuid.uuid4())' }, once);
    const repeat = await call({ code: 'import uuid; str(uuid.uuid4())' }, once);
    expect(repeat.text).toBe(first.text);
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('ratelimit-policy')).not.toBeNull();
    await untilCounted();
    const scrape = await Scrape.of(api);
    expect(scrape.value('pyexec_queue_waiting_jobs')).toBe(0);
    expect(scrape.value('pyexec_redis_up')).toBe(1);
  });

  it('tells webhooks, and those who follow a job while it runs', async () => {
    const { json } = await call({ code: 'print(1)', webhook_url: `${inbox.url}/hook` });
    await eventually('it arrives', () => inbox.received.some((each) => each.json.job_id === json.job_id), 20_000);
    const jobId = await caller.accept('import time; print("now", flush=True); time.sleep(50)');
    using events = caller.follow(jobId);
    await events.untilTold('now\n');
    await caller.ask(jobId, '', 'DELETE');
    expect(await events.done()).toMatchObject({ status: 'cancelled' });
  });

  if (startRedis === startSecure) return;

  it('goes on when another server becomes the master', async () => {
    for (const failOver of redis.failOvers) {
      const kept = await caller.accept('import time; time.sleep(3); "kept"');
      await eventually('it runs', async () => (await caller.recordOf(kept)).status === 'running');
      await failOver();
      await eventually('a job is run', async () => (await call({ code: '1' })).status === 200, RECOVERY_MS);
      await eventually('it has ended', async () => (await caller.recordOf(kept)).finished_at !== null, RECOVERY_MS);
      expect(await caller.recordOf(kept)).toMatchObject({ status: 'succeeded', outcome: { result: 'kept' } });
      await untilCounted();
      await expectPromptAnswer();
    }
  }, 180_000);
});
