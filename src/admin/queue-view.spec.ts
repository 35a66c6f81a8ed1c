import { queueKey } from '../jobs/execution-queue';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { sampleFacts } from '../../test/support/sample-job';
import { QueueView } from './queue-view';

const SECRET = 'SECRET-c0ffee';
const FACTS = sampleFacts({ id: 'a-job', webhookUrl: `https://receiver.example/${SECRET}` });

let redis: PrivateRedis;
let instance: Instance;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  instance = await Instance.open(redis);
  await instance.add(FACTS, { code: SECRET, idempotency: { key: SECRET, fingerprint: SECRET } });
  const job = await instance.queue.getJob(FACTS.id);
  await job?.log(SECRET);
  await job?.progress({ secret: SECRET });
  await instance.connections.commands.hset(queueKey(FACTS.id), {
    failedReason: JSON.stringify(SECRET),
    returnvalue: JSON.stringify(SECRET),
    stacktrace: JSON.stringify([SECRET]),
  });
});

afterAll(async () => {
  await instance.close();
  await redis[Symbol.asyncDispose]();
});

/** All that a view tells of the job, as JSON. */
async function tellAll(view: QueueView): Promise<string[]> {
  const [job, jobs, logs] = await Promise.all([
    view.getJob(FACTS.id),
    view.getJobs(['waiting'], 0, 9),
    view.getJobLogs(FACTS.id),
  ]);
  expect(jobs).toHaveLength(1);
  return [job?.toJSON(), jobs[0]?.toJSON(), logs].map((told) => JSON.stringify(told));
}

describe(QueueView.name, () => {
  it('tells how a job gets on, and nothing of what it is about', async () => {
    const told = await tellAll(new QueueView(instance.queue, false));
    expect(told[0]).toContain(FACTS.id);
    expect(told[0]).toContain('"failedReason":"Hidden"');
    for (const text of told) expect(text).not.toContain(SECRET);
  });

  it('tells everything where it is asked to', async () => {
    const told = await tellAll(new QueueView(instance.queue, true));
    for (const text of told) expect(text).toContain(SECRET);
  });

  it('may be looked at only', () => {
    expect(new QueueView(instance.queue, true)).toMatchObject({ readOnlyMode: true, allowRetries: false });
  });

  it('reads a hundred jobs at the most', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id) => instance.add(sampleFacts({ id }))));
    await expect(new QueueView(instance.queue, false).getJobs(['waiting'], 0, 1_000_000)).resolves.toHaveLength(100);
  });
});
