import Bull, { type Queue } from 'bull';
import { PrivateRedis } from '../../test/support/private-redis';
import { silentLogger } from '../../test/support/silent-logger';
import { parseSettings } from '../config/settings.loader';
import { type CompletedRun } from '../domain/execution-job';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { CompletedRunStore } from './completed-run.store';
import { EXECUTION_QUEUE, type QueuedExecution } from './execution-queue';
import { LostJobWatch } from './lost-job.watch';
import { PendingAnswers } from './pending-answers';
import { queueOptions } from './queue-options';

const EXECUTION: QueuedExecution = {
  request: { code: '', timeoutSeconds: 1 },
  callerName: 'test',
  acceptedAtMs: 0,
  replyTo: 'nobody',
};
const RUN: CompletedRun = {
  startedAtMs: 0,
  execution: { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: 1, runTimeMs: 1 },
};
const MINUTE_MS = 60_000;

type WatchedQueue = Queue<QueuedExecution> & { moveUnlockedJobsToWait(): Promise<void> };

interface Setup {
  queue: WatchedQueue;
  runs: CompletedRunStore;
  pending: PendingAnswers;
  watch: LostJobWatch;
}

function setUp(connections: RedisConnections): Setup {
  const settings = parseSettings({});
  const queue = new Bull<QueuedExecution>(EXECUTION_QUEUE, queueOptions(connections, settings)) as WatchedQueue;
  const runs = new CompletedRunStore(connections, settings, silentLogger());
  const pending = new PendingAnswers();
  return { queue, runs, pending, watch: new LostJobWatch(queue, connections, runs, pending, silentLogger()) };
}

describe(LostJobWatch.name, () => {
  it('finds the outcome of a job whose reply was lost', async () => {
    await using redis = await PrivateRedis.start();
    const { queue, runs, pending, watch } = setUp(await redis.connect());
    const answer = pending.expect('job', performance.now() - MINUTE_MS);
    void queue.process(() => runs.save('job', RUN));
    const completed = new Promise((resolve) => queue.once('completed', resolve));
    await queue.add(EXECUTION, { jobId: 'job' });
    await completed;
    await watch.sweep();
    await expect(answer).resolves.toEqual(RUN);
    await queue.close();
  });

  it('finds that a job has failed', async () => {
    await using redis = await PrivateRedis.start();
    const { queue, pending, watch } = setUp(await redis.connect());
    const answer = pending.expect('job', performance.now() - MINUTE_MS);
    void queue.process(() => Promise.reject(new Error('the jail is gone')));
    const failed = new Promise((resolve) => queue.once('failed', resolve));
    await queue.add(EXECUTION, { jobId: 'job' });
    await failed;
    await watch.sweep();
    await expect(answer).rejects.toThrow('the jail is gone');
    await queue.close();
  });

  it('finds the outcome of a job whose end could not be noted', async () => {
    await using redis = await PrivateRedis.start();
    const { queue, runs, pending, watch } = setUp(await redis.connect());
    const answer = pending.expect('job', performance.now() - MINUTE_MS);
    void queue.process(async () => {
      await runs.save('job', RUN);
      throw new Error('Redis was away');
    });
    const failed = new Promise((resolve) => queue.once('failed', resolve));
    await queue.add(EXECUTION, { jobId: 'job' });
    await failed;
    await watch.sweep();
    await expect(answer).resolves.toEqual(RUN);
    await queue.close();
  });

  it('finds that a job is gone', async () => {
    await using redis = await PrivateRedis.start();
    const { pending, watch } = setUp(await redis.connect());
    const answer = pending.expect('job', performance.now() - MINUTE_MS);
    await watch.sweep();
    await expect(answer).rejects.toThrow('gone');
  });

  it('takes back a job that no worker takes, in the end', async () => {
    await using redis = await PrivateRedis.start();
    const { queue, pending, watch } = setUp(await redis.connect());
    await queue.add(EXECUTION, { jobId: 'patient' });
    await queue.add(EXECUTION, { jobId: 'overdue' });
    void pending.expect('patient', performance.now() - 14 * MINUTE_MS);
    const overdue = pending.expect('overdue', performance.now() - 16 * MINUTE_MS);
    await watch.sweep();
    await expect(overdue).rejects.toMatchObject({ code: 'noWorker' });
    expect(pending.jobIds()).toEqual(['patient']);
    expect((await queue.getWaiting()).map((job) => job.id)).toEqual(['patient']);
  });
});
