import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, recordOf, startAs } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { type JobEnd, type JobFacts } from '../domain/job-record';
import { type JobState } from '../domain/job-state';
import { NEVER_STARTED } from '../domain/outcome';
import { recordKey } from '../records/record-keys';
import { AbsentWorkers } from './absent-workers';
import { lockKey, queueKey } from './execution-queue';
import { LostJobWatch } from './lost-job.watch';
import { PendingAnswers } from './pending-answers';

const MINUTE_MS = 60_000;

/** An instance that accepts jobs, and watches over them when it is told to. */
class Watching {
  readonly pending = new PendingAnswers();
  readonly logger = silentLogger();
  readonly workers: AbsentWorkers;
  readonly watch: LostJobWatch;

  constructor(readonly instance: Instance) {
    const { queue, records, waitingJobs, closer, canceller, channel, locks } = instance;
    const watched = queue as ConstructorParameters<typeof LostJobWatch>[0];
    this.workers = new AbsentWorkers(instance.connections);
    const { pending, workers, logger } = this;
    this.watch = new LostJobWatch(watched, records, waitingJobs, pending, closer, canceller, workers, locks, logger);
    channel.on('ended', ({ jobId, end }) => {
      this.pending.settle(jobId, end);
    });
  }

  /** A job that is waited for. */
  async accept(
    minutesAgo: number,
    differences: Partial<JobFacts> = {},
  ): Promise<{ facts: JobFacts; end: Promise<JobEnd> }> {
    const facts = sampleFacts({ replyTo: this.instance.channel.address, ...differences });
    const end = this.pending.expect(facts, performance.now() - minutesAgo * MINUTE_MS);
    await this.instance.add(facts);
    return { facts, end };
  }
}

describe(LostJobWatch.name, () => {
  let redis: PrivateRedis;
  let instance: Instance;
  let api: Watching;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
    api = new Watching(instance);
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  /** Makes a job that waits one that has lost two workers, and has been failed for that. */
  async function failJob({ id }: JobFacts): Promise<void> {
    const { commands } = instance.connections;
    await commands.lrem(queueKey('wait'), 1, id);
    await commands.zadd(queueKey('failed'), Date.now(), id);
  }

  describe('a look at the jobs that are overdue', () => {
    it.each<JobState>(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'])(
      'finds the end of one that is %s and whose message was lost',
      async (state) => {
        const { facts, end } = await api.accept(1);
        await bringTo(state, instance.records, facts.id);
        await api.watch.sweep();
        await expect(end).resolves.toEqual((await recordOf(instance.records, facts.id)).end);
      },
    );

    it('says that one may come again that no worker has started, as this instance seemed gone', async () => {
      const { facts, end } = await api.accept(1);
      await instance.closer.closeQueued({ ...facts, replyTo: null }, { startedAtMs: null, execution: NEVER_STARTED });
      await api.watch.sweep();
      await expect(end).rejects.toMatchObject({ code: 'queueUnavailable' });
    });

    it('leaves those alone that wait or run', async () => {
      const [waiting, running] = [await api.accept(14), await api.accept(60)];
      await bringTo('running', instance.records, running.facts.id);
      await api.watch.sweep();
      expect(api.pending.jobs()).toEqual([waiting.facts, running.facts]);
      expect(await instance.waiting()).toEqual([waiting.facts.id, running.facts.id]);
    });

    it('finds that one is gone', async () => {
      const { facts, end } = await api.accept(1);
      await instance.connections.commands.del(recordKey(facts.id), queueKey(facts.id));
      await api.watch.sweep();
      await expect(end).rejects.toThrow('gone');
      expect(await instance.records.find(facts.id)).toBeNull();
    });

    it('takes one for lost that somebody has removed from the queue', async () => {
      const { facts, end } = await api.accept(1);
      await (await instance.queue.getJob(facts.id))?.remove();
      await api.watch.sweep();
      await expect(end).resolves.toMatchObject({ state: 'lost', run: null });
      expect((await recordOf(instance.records, facts.id)).state).toBe('lost');
    });

    it('looks at all as soon as Redis is back', async () => {
      const { facts, end } = await api.accept(1);
      await bringTo('succeeded', instance.records, facts.id);
      await redis.takeAway();
      await expect(api.watch.sweep()).resolves.toBeUndefined();
      expect(api.pending.jobs()).toEqual([facts]);
      await redis.bringBack();
      await instance.connections.ready(10_000);
      await api.watch.sweep();
      await expect(end).resolves.toMatchObject({ state: 'succeeded' });
    });

    it('does not throw when Redis goes away under it', async () => {
      await api.accept(1);
      jest.spyOn(instance.records, 'find').mockRejectedValueOnce(new Error('Connection is closed.'));
      await expect(api.watch.sweep()).resolves.toBeUndefined();
    });
  });

  describe('a look at what waits', () => {
    it('closes what was removed from the queue by hand, although nobody waits for it', async () => {
      const [removed, waiting] = [sampleFacts(), sampleFacts()];
      for (const facts of [removed, waiting]) await instance.add(facts);
      await (await instance.queue.getJob(removed.id))?.remove();
      await api.watch.closeRemoved();
      expect((await recordOf(instance.records, removed.id)).state).toBe('lost');
      expect((await recordOf(instance.records, waiting.id)).state).toBe('queued');
      expect(await instance.waitingJobs.countByCaller()).toEqual(new Map([['caller', 1]]));
    });

    it('closes what was removed with the whole queue', async () => {
      const jobs = Array.from({ length: 30 }, () => sampleFacts());
      for (const facts of jobs) await instance.add(facts);
      await instance.queue.obliterate({ force: true });
      await api.watch.closeRemoved();
      for (const { id } of jobs) expect((await recordOf(instance.records, id)).state).toBe('lost');
    });

    it('does not throw when Redis is away', async () => {
      await redis.takeAway();
      await expect(api.watch.closeRemoved()).resolves.toBeUndefined();
    });
  });

  describe('a job that no worker takes', () => {
    it('is taken back soon when no worker takes any, and its caller told so', async () => {
      const { facts } = await api.accept(1);
      await api.watch.sweep();
      expect(api.pending.jobs()).toEqual([facts]);
      jest.spyOn(api.workers, 'areGone').mockResolvedValue(true);
      const next = await api.accept(1);
      await api.watch.sweep();
      await expect(next.end).rejects.toMatchObject({ code: 'noWorker' });
      expect(await instance.waiting()).toEqual([facts.id]);
    });

    it('is taken back in the end, and its caller told so', async () => {
      const [patient, overdue] = [await api.accept(14), await api.accept(16)];
      await api.watch.sweep();
      await expect(overdue.end).rejects.toMatchObject({ code: 'noWorker' });
      expect(api.pending.jobs()).toEqual([patient.facts]);
      expect(await instance.waiting()).toEqual([patient.facts.id]);
      expect((await recordOf(instance.records, overdue.facts.id)).state).toBe('lost');
    });

    it.each([{ isIdempotent: true }, { webhookUrl: 'https://example.com/' }])(
      'goes on waiting when others want it, too: %j',
      async (differences) => {
        const { facts, end } = await api.accept(16, differences);
        await api.watch.sweep();
        await expect(end).rejects.toMatchObject({ code: 'noWorker' });
        expect(await instance.waiting()).toEqual([facts.id]);
        expect((await recordOf(instance.records, facts.id)).state).toBe('queued');
      },
    );

    it('is waited for when a worker takes it at that moment', async () => {
      const { facts } = await api.accept(16);
      const record = await recordOf(instance.records, facts.id);
      jest.spyOn(instance.records, 'find').mockImplementationOnce(async () => {
        await bringTo('running', instance.records, facts.id);
        return record;
      });
      await api.watch.sweep();
      expect(api.pending.jobs()).toEqual([facts]);
      expect((await recordOf(instance.records, facts.id)).state).toBe('running');
    });
  });

  describe('a look at what runs', () => {
    /** A job that a worker has taken and started. */
    async function acceptRunning(worker: string): Promise<JobFacts> {
      const { facts } = await api.accept(0);
      const { commands } = instance.connections;
      await commands.rpoplpush(queueKey('wait'), queueKey('active'));
      await commands.set(lockKey(facts.id), worker, 'EX', 3_600);
      await startAs(instance.records, facts.id, worker, 1_000);
      return facts;
    }

    const stateOf = async ({ id }: JobFacts): Promise<JobState> => (await recordOf(instance.records, id)).state;

    it('has a job wait again, before all others, whose worker is gone', async () => {
      const other = await Instance.open(redis);
      const [lost, runs] = [await acceptRunning(other.channel.address), await acceptRunning(instance.channel.address)];
      const { facts: waiting } = await api.accept(0);
      other.connections.close();
      await eventually('it waits', async () => {
        await api.watch.requeueAbandoned();
        return (await stateOf(lost)) === 'queued';
      });
      expect(await instance.waiting()).toEqual([lost.id, waiting.id]);
      expect(await instance.waitingJobs.countByCaller()).toEqual(new Map([[lost.callerName, 2]]));
      expect(await stateOf(runs)).toBe('running');
    });

    it('does not throw when Redis is away', async () => {
      await redis.takeAway();
      await expect(api.watch.requeueAbandoned()).resolves.toBeUndefined();
    });
  });

  describe('a look at failed jobs', () => {
    it('closes those whose workers are gone, and tells their callers', async () => {
      const { facts, end } = await api.accept(0);
      await bringTo('running', instance.records, facts.id);
      await failJob(facts);
      await api.watch.closeFailed();
      await expect(end).resolves.toMatchObject({ state: 'lost' });
      expect((await recordOf(instance.records, facts.id)).state).toBe('lost');
      expect(await instance.queue.getJob(facts.id)).toBeNull();
      expect(await instance.queue.getFailedCount()).toBe(0);
    });

    it('keeps the outcome of one that had ended, and whose end Bull could not note', async () => {
      const { facts } = await api.accept(0);
      await bringTo('succeeded', instance.records, facts.id);
      await failJob(facts);
      await api.watch.closeFailed();
      expect((await recordOf(instance.records, facts.id)).state).toBe('succeeded');
      expect(await instance.queue.getJob(facts.id)).toBeNull();
    });

    it('does so once, with however many looking at once', async () => {
      const others = await Promise.all([1, 2, 3].map(async () => new Watching(await Instance.open(redis))));
      const accepted = await Promise.all(Array.from({ length: 20 }, () => api.accept(0)));
      for (const { facts } of accepted) await failJob(facts);
      const warnings = [api, ...others].map(({ logger }) => jest.spyOn(logger, 'warn'));
      await eventually('all are closed', async () => {
        await Promise.all([api, ...others].flatMap(({ watch }) => [watch.closeFailed(), watch.closeFailed()]));
        return api.pending.jobs().length === 0;
      });
      for (const { end } of accepted) await expect(end).resolves.toMatchObject({ state: 'lost' });
      expect(await instance.queue.getFailedCount()).toBe(0);
      expect(warnings.flatMap(({ mock }) => mock.calls)).toEqual([]);
    });

    it('is not kept from the others by one that another process has just seen to', async () => {
      const { facts, end } = await api.accept(0);
      await failJob(facts);
      // In the list when it was read, and not there any more when it was looked up.
      await instance.connections.commands.zadd(queueKey('failed'), Date.now() + MINUTE_MS, 'seen to');
      await api.watch.closeFailed();
      await expect(end).resolves.toMatchObject({ state: 'lost' });
    });

    it('does not throw when Redis is away', async () => {
      await redis.takeAway();
      await expect(api.watch.closeFailed()).resolves.toBeUndefined();
    });
  });
});
