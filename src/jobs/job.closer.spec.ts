import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, recordOf, startAs, WORKER } from '../../test/support/recorded-jobs';
import { CANCELLED, sampleFacts, sampleRun } from '../../test/support/sample-job';
import { within } from '../../test/support/within';
import { type JobFacts } from '../domain/job-record';
import { type JobState } from '../domain/job-state';
import { persistently } from '../platform/redis/persistently';
import { type InstanceMessages } from './instance.channel';
import { JobCloser } from './job.closer';

/** More than the closer waits for Redis before it tells a caller. */
const TOLD_WITHIN_SECONDS = 5;

describe(JobCloser.name, () => {
  let redis: PrivateRedis;
  let worker: Instance;
  let told: InstanceMessages['ended'][];

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    worker = await Instance.open(redis);
    told = worker.listen('ended');
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function jobIn(state: JobState, differences: Partial<JobFacts> = {}): Promise<JobFacts> {
    const facts = sampleFacts({ replyTo: worker.channel.address, ...differences });
    await worker.add(facts);
    await bringTo(state, worker.records, facts.id);
    return facts;
  }

  async function untilTold(): Promise<void> {
    await within(
      TOLD_WITHIN_SECONDS,
      'the caller is told',
      eventually('it is told', () => told.length > 0),
    );
  }

  it('notes the end and tells whoever waits just what the record says', async () => {
    const facts = await jobIn('running');
    await worker.add(sampleFacts());
    const run = sampleRun();
    expect(await worker.closer.close(facts, run)).toBe(true);
    const { end } = await recordOf(worker.records, facts.id);
    expect(end).toEqual({ state: 'succeeded', finishedAtMs: expect.any(Number), queueLength: 2, run });
    expect(told).toEqual([{ jobId: facts.id, end }]);
  });

  it('tells an instance that is another process', async () => {
    const api = await Instance.open(redis);
    const heard = api.listen('ended');
    const facts = await jobIn('running', { replyTo: api.channel.address });
    await worker.closer.close(facts, null);
    await eventually('it is told', () => heard.length === 1);
    expect(heard[0]).toMatchObject({ jobId: facts.id, end: { state: 'lost', run: null } });
    expect(told).toEqual([]);
  });

  it('counts each job once, however often it is closed', async () => {
    const noted = jest.spyOn(worker.metrics, 'noteEnd');
    const [ran, queued] = [await jobIn('running'), await jobIn('queued')];
    const closing = [1, 2, 3].map(() => worker.closer.close(ran, sampleRun()));
    await Promise.all(closing);
    await worker.closer.closeQueued(queued, sampleRun(CANCELLED));
    await worker.closer.close(queued, null);
    expect(noted.mock.calls.map(([{ id }]) => id)).toEqual([ran.id, queued.id]);
  });

  it('tells nobody where nobody waits', async () => {
    const facts = await jobIn('running', { replyTo: null });
    expect(await worker.closer.close(facts, sampleRun())).toBe(true);
    expect(told).toEqual([]);
  });

  it('ends no job that has ended, and tells nobody', async () => {
    const facts = await jobIn('succeeded');
    const before = await worker.records.find(facts.id);
    expect(await worker.closer.close(facts, sampleRun(CANCELLED))).toBe(false);
    expect(await worker.closer.close(facts, null)).toBe(false);
    expect(await worker.closer.closeQueued(facts, null)).toBe(false);
    expect(await worker.records.find(facts.id)).toEqual(before);
    expect(told).toEqual([]);
  });

  it('tells one of many that end a job at once that it did, and its caller once', async () => {
    const facts = await jobIn('running');
    const closers = [worker, await Instance.open(redis), await Instance.open(redis)].map(({ closer }) => closer);
    const ends = await Promise.all(
      closers.flatMap((closer) => [closer.close(facts, sampleRun()), closer.close(facts, null)]),
    );
    expect(ends.filter(Boolean)).toHaveLength(1);
    const { end } = await recordOf(worker.records, facts.id);
    await eventually('it is told', () => told.length > 0);
    expect(told).toEqual([{ jobId: facts.id, end }]);
  });

  it('notes no end before the start', async () => {
    const facts = await jobIn('queued');
    const start = Promise.withResolvers<undefined>();
    const closed = worker.closer.close(facts, sampleRun(), { worker: WORKER, startNoted: start.promise });
    // An end that did not wait would be there by now.
    expect(await worker.waiting()).toEqual([facts.id]);
    await bringTo('running', worker.records, facts.id);
    start.resolve(undefined);
    expect(await closed).toBe(true);
    expect((await recordOf(worker.records, facts.id)).state).toBe('succeeded');
  });

  describe('with Redis away', () => {
    it('tells the caller what its program came to, and notes it when Redis is back', async () => {
      const facts = await jobIn('running');
      const run = sampleRun();
      await redis.takeAway();
      const closed = worker.closer.close(facts, run);
      await untilTold();
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded', run } }]);
      await redis.bringBack();
      expect(await closed).toBe(true);
      expect((await recordOf(worker.records, facts.id)).end).toMatchObject({
        finishedAtMs: told[0]?.end.finishedAtMs,
        run,
      });
      expect(told).toHaveLength(1);
    });

    it('tells another process what the record says, and the record what the caller in this one was told', async () => {
      const api = await Instance.open(redis);
      const heard = api.listen('ended');
      const [near, far] = [await jobIn('running'), await jobIn('running', { replyTo: api.channel.address })];
      await redis.freeze();
      const closed = [worker.closer.close(near, sampleRun()), worker.closer.close(far, sampleRun())];
      await untilTold();
      redis.thaw();
      expect(await Promise.all(closed)).toEqual([true, true]);
      await eventually('the other process is told', () => heard.length > 0);
      const ends = [near, far].map(async ({ id }) => (await recordOf(worker.records, id)).end);
      expect([told[0]?.end, heard[0]?.end]).toEqual(await Promise.all(ends));
      // The worker has closed no job before, and so knew of none that waits: here those that run do, too.
      expect([told[0]?.end.queueLength, heard[0]?.end.queueLength]).toEqual([0, 2]);
    });

    it('does so although it could not be told that the program has started', async () => {
      const facts = await jobIn('queued');
      await redis.takeAway();
      const startNoted = persistently(() => startAs(worker.records, facts.id, WORKER, 1_000)).then(() => undefined);
      const closed = worker.closer.close(facts, sampleRun(), { worker: WORKER, startNoted });
      await untilTold();
      await redis.bringBack();
      expect(await closed).toBe(true);
      expect(await recordOf(worker.records, facts.id)).toMatchObject({ state: 'succeeded', startedAtMs: 1_000 });
    });

    it('takes no job for lost before it is noted: it may have come to an outcome', async () => {
      const [lost, ended] = [await jobIn('running'), await jobIn('succeeded')];
      await redis.takeAway();
      const closed = [worker.closer.close(lost, null), worker.closer.close(ended, null)];
      // The other one is told after the time that the first would have been told.
      void worker.closer.close(sampleFacts({ replyTo: worker.channel.address }), sampleRun());
      await untilTold();
      expect(told.map(({ jobId }) => jobId)).not.toContain(lost.id);
      await redis.bringBack();
      expect(await Promise.all(closed)).toEqual([true, false]);
      expect(told.map(({ jobId }) => jobId)).toContain(lost.id);
      expect(told.map(({ jobId }) => jobId)).not.toContain(ended.id);
    });

    it('fails to end a job that waits, which goes on waiting', async () => {
      const facts = await jobIn('queued');
      await redis.takeAway();
      await expect(worker.closer.closeQueued(facts, null)).rejects.toThrow();
      await redis.bringBack();
      await worker.connections.ready(10_000);
      expect(await recordOf(worker.records, facts.id)).toMatchObject({ state: 'queued' });
      expect(told).toEqual([]);
    });
  });

  it('tells another process in time when Redis refuses to write, and notes just that when it takes it again', async () => {
    const api = await Instance.open(redis);
    const heard = api.listen('ended');
    const facts = await jobIn('running', { replyTo: api.channel.address });
    const { commands } = worker.connections;
    await commands.config('SET', 'min-replicas-to-write', '1');
    const closed = worker.closer.close(facts, sampleRun());
    await eventually('it is told', () => heard.length > 0);
    expect((await recordOf(worker.records, facts.id)).state).toBe('running');
    await commands.config('SET', 'min-replicas-to-write', '0');
    expect(await closed).toBe(true);
    expect((await recordOf(worker.records, facts.id)).end).toEqual(heard[0]?.end);
  });

  describe('a job that waits', () => {
    it('is ended, and its caller told', async () => {
      const facts = await jobIn('queued');
      expect(await worker.closer.closeQueued(facts, sampleRun(CANCELLED))).toBe(true);
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'cancelled' } }]);
    });

    it('is not ended once it has been started', async () => {
      const facts = await jobIn('running');
      expect(await worker.closer.closeQueued(facts, sampleRun(CANCELLED))).toBe(false);
      expect((await recordOf(worker.records, facts.id)).state).toBe('running');
      expect(told).toEqual([]);
    });
  });
});
