import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, recordOf, startAs } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { type JobFacts } from '../domain/job-record';
import { type JobState } from '../domain/job-state';
import { queueKey } from './execution-queue';
import { JobCanceller } from './job.canceller';

describe(JobCanceller.name, () => {
  let redis: PrivateRedis;
  let api: Instance;
  let worker: Instance;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    [api, worker] = [await Instance.open(redis), await Instance.open(redis)];
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function queued(): Promise<JobFacts> {
    const facts = sampleFacts({ replyTo: api.channel.address });
    await api.add(facts);
    return facts;
  }

  async function startOn(instance: Instance, { id }: JobFacts): Promise<void> {
    expect((await startAs(instance.records, id, instance.channel.address, 1_000)).isLegal).toBe(true);
  }

  describe('a job that waits', () => {
    it('is gone from the queue, its record says so, and its caller is told', async () => {
      const told = api.listen('ended');
      const [facts, other] = [await queued(), await queued()];
      await worker.canceller.cancel(facts.id);
      expect(await api.waiting()).toEqual([other.id]);
      expect(await api.queue.getJob(facts.id)).toBeNull();
      const record = await recordOf(api.records, facts.id);
      const execution = { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: null, runTimeMs: 0 };
      expect(record).toMatchObject({
        state: 'cancelled',
        startedAtMs: null,
        end: { run: { startedAtMs: null, execution } },
      });
      await eventually('its caller is told', () => told.length > 0);
      expect(told).toEqual([{ jobId: facts.id, end: record.end }]);
    });

    it('says whether it was taken back', async () => {
      const facts = await queued();
      expect(await api.canceller.takeBack(facts)).toBe(true);
      expect(await api.canceller.takeBack(facts)).toBe(false);
    });

    it('is not to be started by a worker that has just taken it, nor in its way in the queue', async () => {
      const facts = await queued();
      // What Bull does first with a job: what was taken out of the queue is not there to be removed from it.
      await worker.connections.commands.rpoplpush(queueKey('wait'), queueKey('active'));
      await worker.connections.commands.set(`${queueKey(facts.id)}:lock`, 'worker');
      await expect(api.canceller.cancel(facts.id)).resolves.toBeUndefined();
      expect((await startAs(worker.records, facts.id, worker.channel.address, 1_000)).isLegal).toBe(false);
      expect((await recordOf(api.records, facts.id)).state).toBe('cancelled');
    });
  });

  describe('a job that runs', () => {
    it('is left to its worker, which alone is told', async () => {
      const bystander = await Instance.open(redis);
      const [told, overheard] = [worker.listen('cancel'), bystander.listen('cancel')];
      const facts = await queued();
      await startOn(worker, facts);
      await api.canceller.cancel(facts.id);
      await eventually('the worker is told', () => told.length > 0);
      expect([told, overheard]).toEqual([[{ jobId: facts.id }], []]);
      expect((await recordOf(api.records, facts.id)).state).toBe('running');
      expect(await api.canceller.takeBack(facts)).toBe(false);
    });

    it('is not missed when it is started between a look at it and its end', async () => {
      const told = worker.listen('cancel');
      const facts = await queued();
      const record = await recordOf(api.records, facts.id);
      jest.spyOn(api.records, 'find').mockImplementationOnce(async () => {
        await startOn(worker, facts);
        return record;
      });
      await api.canceller.cancel(facts.id);
      await eventually('the worker is told', () => told.length > 0);
      expect((await recordOf(api.records, facts.id)).state).toBe('running');
    });
  });

  it.each<JobState>(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'])(
    'leaves a job alone that is %s',
    async (state) => {
      const facts = await queued();
      await bringTo(state, api.records, facts.id);
      const before = await api.records.find(facts.id);
      const [told, answered] = [worker.listen('cancel'), api.listen('ended')];
      await api.canceller.cancel(facts.id);
      expect(await api.records.find(facts.id)).toEqual(before);
      expect([told, answered]).toEqual([[], []]);
    },
  );

  it('does nothing about a job that there is not, or not any more', async () => {
    await expect(api.canceller.cancel('unknown')).resolves.toBeUndefined();
    expect(await api.records.find('unknown')).toBeNull();
  });

  it('lets every job either be cancelled or run, never both, when workers take them at that moment', async () => {
    const jobs = await Promise.all(Array.from({ length: 40 }, () => queued()));
    const told = worker.listen('cancel');
    const running: string[] = [];
    const cancelAll = async (): Promise<void> => {
      for (const { id } of jobs) await api.canceller.cancel(id);
    };
    // From the other end: somewhere they meet.
    const startAll = async (): Promise<void> => {
      for (const { id } of jobs.toReversed()) {
        if ((await startAs(worker.records, id, worker.channel.address, 1_000)).isLegal) running.push(id);
      }
    };
    await Promise.all([cancelAll(), startAll()]);
    expect(running.length).toBeGreaterThan(0);
    expect(running.length).toBeLessThan(jobs.length);
    await eventually('the worker has been told of all that run', () => told.length === running.length);
    expect(told.map(({ jobId }) => jobId).sort()).toEqual(running.sort());
    for (const { id } of jobs) {
      expect((await recordOf(api.records, id)).state).toBe(running.includes(id) ? 'running' : 'cancelled');
    }
  });
});
