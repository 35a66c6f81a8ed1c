import fc from 'fast-check';
import { PrivateRedis } from '../../test/support/private-redis';
import { admit, bringTo, endingIn, recordOf, startAs, WAIT_KEY, WORKER } from '../../test/support/recorded-jobs';
import { sampleFacts, sampleRun } from '../../test/support/sample-job';
import { parseSettings } from '../config/settings.loader';
import { type FinalState, isFinal, JOB_STATES, type JobState, statesBefore } from '../domain/job-state';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { type Ending, JobRecords } from './job-records';

/** A second worker tries to start a job: the first may send its start twice. */
const OTHER_WORKER = 'another worker';

describe(JobRecords.name, () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;
  let records: JobRecords;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    records = new JobRecords(connections, parseSettings({}));
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  /** The id of a new job in this state. */
  async function jobIn(state: JobState): Promise<string> {
    const facts = sampleFacts();
    await admit(connections, facts);
    await bringTo(state, records, facts.id);
    return facts.id;
  }

  async function tryTo(state: JobState, jobId: string): Promise<boolean> {
    const attempt = isFinal(state)
      ? records.end(endingIn(state, jobId), WAIT_KEY)
      : startAs(records, jobId, OTHER_WORKER, 5_000);
    return (await attempt).isLegal;
  }

  it('keeps what is known of a job as it was told', async () => {
    const facts = sampleFacts({
      requestId: '€ "\ud800\u0000',
      webhookUrl: 'https://a:b@example.com/?ñ',
      queueLength: 3,
    });
    await admit(connections, facts);
    expect(await records.find(facts.id)).toEqual({
      facts,
      state: 'queued',
      startedAtMs: null,
      worker: null,
      end: null,
      delivery: { state: 'pending', tries: [], series: 0, earlierTries: 0 },
    });
    await startAs(records, facts.id, WORKER, 1_000);
    expect(await records.find(facts.id)).toMatchObject({
      state: 'running',
      startedAtMs: 1_000,
      worker: WORKER,
      end: null,
    });
    await connections.commands.rpush(WAIT_KEY, 'one', 'two');
    const run = sampleRun();
    expect(await records.end({ jobId: facts.id, token: 't', finishedAtMs: 2_000, run }, WAIT_KEY)).toEqual({
      isLegal: true,
      queueLength: 2,
    });
    expect((await recordOf(records, facts.id)).end).toEqual({
      state: 'succeeded',
      finishedAtMs: 2_000,
      queueLength: 2,
      run,
    });
  });

  it('knows nothing of a job that was never admitted, and makes no record of it', async () => {
    for (const state of JOB_STATES.filter((each) => each !== 'queued'))
      expect(await tryTo(state, 'unknown')).toBe(false);
    expect(await records.find('unknown')).toBeNull();
  });

  // Nothing but the admission leads to `queued`.
  const pairs = JOB_STATES.flatMap((from) =>
    JOB_STATES.filter((to) => to !== 'queued').map((to) => [from, to] as const),
  );

  it.each(pairs)('lets a job that is %s become %s just where the table does', async (from, to) => {
    const jobId = await jobIn(from);
    const before = await records.find(jobId);
    const isLegal = statesBefore(to).includes(from);
    expect(await tryTo(to, jobId)).toBe(isLegal);
    const after = await recordOf(records, jobId);
    if (isLegal) expect(after.state).toBe(to);
    else expect(after).toEqual(before);
  });

  it.each(['queued', 'running'] as const)(
    'ends a job only from the state that it is to be ended from: %s',
    async (from) => {
      const [jobId, other] = [await jobIn('queued'), await jobIn('running')];
      const cancel = async (id: string): Promise<boolean> =>
        (await records.end(endingIn('cancelled', id, { onlyFrom: from }), WAIT_KEY)).isLegal;
      expect([await cancel(jobId), await cancel(other)]).toEqual([from === 'queued', from === 'running']);
    },
  );

  describe('a message that is sent twice', () => {
    it('starts a job once, and says so twice to the worker that runs it', async () => {
      const jobId = await jobIn('queued');
      expect(await startAs(records, jobId, WORKER, 1_000)).toEqual({
        isLegal: true,
        isFollowed: false,
        isCancelled: false,
      });
      expect(await startAs(records, jobId, WORKER, 9_000)).toEqual({
        isLegal: true,
        isFollowed: false,
        isCancelled: false,
      });
      expect(await startAs(records, jobId, OTHER_WORKER, 9_000)).toEqual({
        isLegal: false,
        isFollowed: false,
        isCancelled: false,
      });
      expect(await recordOf(records, jobId)).toMatchObject({ startedAtMs: 1_000, worker: WORKER });
    });

    it('starts no job that has ended, whoever sends it', async () => {
      const jobId = await jobIn('succeeded');
      expect((await startAs(records, jobId, WORKER, 9_000)).isLegal).toBe(false);
    });

    it('ends a job once, and says so twice to whoever ended it', async () => {
      const jobId = await jobIn('running');
      const ending = endingIn('succeeded', jobId, { token: 'mine' });
      expect((await records.end(ending, WAIT_KEY)).isLegal).toBe(true);
      const ended = await records.find(jobId);
      expect((await records.end({ ...ending, finishedAtMs: 9_000 }, WAIT_KEY)).isLegal).toBe(true);
      expect((await records.end({ ...ending, token: 'theirs' }, WAIT_KEY)).isLegal).toBe(false);
      expect(await records.find(jobId)).toEqual(ended);
    });
  });

  it('tells whoever ends a job twice the length that it has noted, or notes the one that its caller was told', async () => {
    const jobId = await jobIn('running');
    const ending = endingIn('succeeded', jobId, { token: 'mine' });
    const { queueLength } = await records.end(ending, WAIT_KEY);
    await connections.commands.lpush(WAIT_KEY, 'one more');
    expect(await records.end(ending, WAIT_KEY)).toEqual({ isLegal: true, queueLength });
    expect(await records.end({ ...ending, toldQueueLength: 7 }, WAIT_KEY)).toEqual({ isLegal: true, queueLength: 7 });
    expect((await recordOf(records, jobId)).end?.queueLength).toBe(7);
  });

  describe('a worker that was away for long', () => {
    it('starts no job whose lock is another worker’s, or nobody’s', async () => {
      const jobId = await jobIn('queued');
      const { commands } = connections;
      await commands.set('lock', OTHER_WORKER);
      expect((await records.start(jobId, WORKER, 9_000, 'lock')).isLegal).toBe(false);
      await commands.del('lock');
      expect((await records.start(jobId, WORKER, 9_000, 'lock')).isLegal).toBe(false);
      expect((await recordOf(records, jobId)).state).toBe('queued');
    });

    it('ends no job that another runs', async () => {
      const jobId = await jobIn('running');
      const ending = (worker: string): Ending => endingIn('succeeded', jobId, { token: worker, worker });
      expect((await records.end(ending(OTHER_WORKER), WAIT_KEY)).isLegal).toBe(false);
      expect((await records.end(ending(WORKER), WAIT_KEY)).isLegal).toBe(true);
    });

    it.each(['queued', 'running'] as const)(
      'has ended one that is %s elsewhere all the same, once its caller has been told so',
      async (state) => {
        const jobId = await jobIn(state);
        expect((await records.end(endingIn('succeeded', jobId, { toldQueueLength: 7 }), WAIT_KEY)).isLegal).toBe(true);
        expect(await recordOf(records, jobId)).toMatchObject({ state: 'succeeded', end: { queueLength: 7 } });
        expect(
          (await records.end(endingIn('failed', jobId, { toldQueueLength: 7, token: 'late' }), WAIT_KEY)).isLegal,
        ).toBe(false);
      },
    );
  });

  it('has whoever starts a job end it that was cancelled while another worker had it', async () => {
    const [queued, running] = [await jobIn('queued'), await jobIn('running')];
    expect([await records.cancel(queued), await records.cancel(running)]).toEqual([null, WORKER]);
    expect(await startAs(records, queued, WORKER, 1)).toMatchObject({ isLegal: true, isCancelled: true });
    expect(await records.cancel(await jobIn('succeeded'))).toBeNull();
    expect(await records.cancel('unknown')).toBeNull();
    expect(await records.find('unknown')).toBeNull();
  });

  it('lets exactly one of many ends at once count, and keeps that one', async () => {
    const rivals = await Promise.all(
      [1, 2, 3].map(async () => new JobRecords(await redis.connect(), parseSettings({}))),
    );
    const jobId = await jobIn('running');
    const finals: FinalState[] = ['succeeded', 'cancelled', 'lost', 'failed', 'timed_out'];
    const attempts = rivals.flatMap((rival, index) =>
      finals.map(async (state) => {
        const ending = endingIn(state, jobId, { token: `${state} ${index}` });
        return (await rival.end(ending, WAIT_KEY)).isLegal ? [state] : [];
      }),
    );
    const winners = (await Promise.all(attempts)).flat();
    expect([(await recordOf(records, jobId)).state]).toEqual(winners);
  });

  it('never leaves a final state, and never tells two workers to run, whatever is tried in whatever order', async () => {
    const finals = JOB_STATES.filter(isFinal);
    const step = fc.oneof(
      fc.record({ worker: fc.constantFrom('a', 'b') }),
      fc.record({ state: fc.constantFrom(...finals), token: fc.constantFrom('x', 'y') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const jobId = await jobIn('queued');
        const model: { state: JobState; worker?: string; token?: string } = { state: 'queued' };
        for (const each of steps) {
          if ('worker' in each) {
            const isLegal = model.state === 'queued' || (model.state === 'running' && model.worker === each.worker);
            if (isLegal) Object.assign(model, { state: 'running', worker: each.worker });
            expect((await startAs(records, jobId, each.worker, 1)).isLegal).toBe(isLegal);
          } else {
            const isNew = statesBefore(each.state).includes(model.state);
            const isLegal = isNew || model.token === each.token;
            if (isNew) Object.assign(model, each);
            expect((await records.end(endingIn(each.state, jobId, { token: each.token }), WAIT_KEY)).isLegal).toBe(
              isLegal,
            );
          }
        }
        const { state, worker } = await recordOf(records, jobId);
        expect({ state, worker }).toEqual({ state: model.state, worker: model.worker ?? null });
      }),
    );
  });
});
