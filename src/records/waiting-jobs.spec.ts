import fc from 'fast-check';
import { PrivateRedis } from '../../test/support/private-redis';
import { admit, bringTo, endingIn, recordOf, startAs, WAIT_KEY, WORKER } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { parseSettings } from '../config/settings.loader';
import { type JobFacts } from '../domain/job-record';
import { isFinal, JOB_STATES, type JobState } from '../domain/job-state';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { JobRecords } from './job-records';
import { recordKey, WAITING_KEY } from './record-keys';
import { WaitingJobs } from './waiting-jobs';

const QUEUE = 'queue:';

describe(WaitingJobs.name, () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;
  let records: JobRecords;
  let waitingJobs: WaitingJobs;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    records = new JobRecords(connections, parseSettings({}));
    waitingJobs = new WaitingJobs(connections);
  });

  beforeEach(async () => {
    await connections.commands.flushall();
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function queued(differences: Partial<JobFacts> = {}): Promise<JobFacts> {
    const facts = sampleFacts(differences);
    await admit(connections, facts);
    return facts;
  }

  async function leadTo(state: JobState, jobId: string): Promise<void> {
    if (isFinal(state)) await records.end(endingIn(state, jobId), WAIT_KEY);
    else if (state === 'running') await startAs(records, jobId, WORKER, 1_000);
  }

  async function oldestAcceptedAtMs(): Promise<number> {
    const [, acceptedAtMs] = await connections.commands.zrange(WAITING_KEY, 0, 0, 'WITHSCORES');
    return Number(acceptedAtMs);
  }

  it('knows nothing where nothing waits', async () => {
    expect(await waitingJobs.countByCaller()).toEqual(new Map());
    expect(await waitingJobs.recentRunTimesMs()).toEqual([]);
    expect(await waitingJobs.findRemoved(QUEUE, 10)).toEqual([]);
  });

  it('knows since when the oldest waits, whichever was queued first', async () => {
    await queued({ acceptedAtMs: 5_000 });
    const oldest = await queued({ acceptedAtMs: 3_000 });
    expect(await oldestAcceptedAtMs()).toBe(3_000);
    await bringTo('running', records, oldest.id);
    expect(await oldestAcceptedAtMs()).toBe(5_000);
  });

  it('counts just those that are queued, whatever becomes of them in whichever order, and however often it is said', async () => {
    const step = fc.record({ job: fc.nat(5), state: fc.constantFrom(...JOB_STATES) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await connections.commands.flushall();
        const jobs = await Promise.all(
          Array.from({ length: 6 }, (_, index) => queued({ callerName: index % 2 === 0 ? 'a b' : 'c' })),
        );
        for (const { job, state } of steps) await leadTo(state, jobs[job]!.id);
        const expected = new Map<string, number>();
        for (const { id, callerName } of jobs) {
          if ((await recordOf(records, id)).state !== 'queued') continue;
          expected.set(callerName, (expected.get(callerName) ?? 0) + 1);
        }
        expect(await waitingJobs.countByCaller()).toEqual(expected);
        const total = [...expected.values()].reduce((sum, count) => sum + count, 0);
        expect(await connections.commands.zcard(WAITING_KEY)).toBe(total);
      }),
      { numRuns: 40 },
    );
  });

  describe('the run times', () => {
    it('are those of the last programs that ended while others waited', async () => {
      for (let count = 0; count < 40; count++) {
        const { id } = await queued();
        if (count === 1) await connections.commands.rpush(WAIT_KEY, 'another');
        await startAs(records, id, WORKER, 1_000);
        await records.end(endingIn('succeeded', id, { finishedAtMs: 1_000 + count }), WAIT_KEY);
      }
      expect(await waitingJobs.recentRunTimesMs()).toEqual(Array.from({ length: 32 }, (_, index) => 39 - index));
    });

    it('leave out jobs that never ran, or were lost', async () => {
      await connections.commands.rpush(WAIT_KEY, 'another');
      const [cancelled, lost] = [await queued(), await queued()];
      await leadTo('cancelled', cancelled.id);
      await leadTo('running', lost.id);
      await leadTo('lost', lost.id);
      expect(await waitingJobs.recentRunTimesMs()).toEqual([]);
    });
  });

  describe('a look for what was removed', () => {
    it('finds the jobs that are queued by their records, and gone from the queue', async () => {
      const [gone, there] = [await queued({ acceptedAtMs: 1 }), await queued({ acceptedAtMs: 2 })];
      await connections.commands.set(QUEUE + there.id, '');
      expect(await waitingJobs.findRemoved(QUEUE, 10)).toEqual([gone.id]);
      await leadTo('lost', gone.id);
      expect(await waitingJobs.findRemoved(QUEUE, 10)).toEqual([]);
    });

    it('counts no more what has no record, or one that an earlier version has changed', async () => {
      const [removed, changed, left] = [await queued(), await queued(), await queued()];
      await connections.commands.del(recordKey(removed.id));
      await connections.commands.hset(recordKey(changed.id), 'state', 'running');
      expect(await waitingJobs.findRemoved(QUEUE, 10)).toEqual([left.id]);
      expect(await waitingJobs.countByCaller()).toEqual(new Map([['caller', 1]]));
    });

    it('looks at no more than it is told to', async () => {
      const [first] = [await queued({ acceptedAtMs: 1 }), await queued({ acceptedAtMs: 2 })];
      expect(await waitingJobs.findRemoved(QUEUE, 1)).toEqual([first.id]);
    });
  });
});
