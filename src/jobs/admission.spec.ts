import Bull from 'bull';
import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, endingIn, recordOf, WAIT_KEY } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { type JobFacts } from '../domain/job-record';
import { idempotencyRecordKey, recordKey } from '../records/record-keys';
import { defineAdmission, readFull, readRepeat } from './admission';
import { queueOptions } from './queue-options';

/** What a caller's key and request are to the admission. */
const idempotent = (callerName: string, fingerprint = 'f'): { idempotency: { key: string; fingerprint: string } } => ({
  idempotency: { key: idempotencyRecordKey(callerName, 'K'), fingerprint },
});

async function refusalOf(add: Promise<unknown>): Promise<unknown> {
  return add.then(
    () => null,
    (error: unknown) => error,
  );
}

describe(defineAdmission.name, () => {
  let redis: PrivateRedis;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function open(maxLength = 1000): Promise<Instance> {
    return Instance.open(redis, { MAX_QUEUE_LENGTH: `${maxLength}` });
  }

  describe('the bound', () => {
    it('lets in exactly as many jobs as may wait, from however many instances at once, and makes records of no others', async () => {
      const instances = await Promise.all([1, 2, 3, 4].map(() => open(50)));
      const adds = instances.flatMap((each) => Array.from({ length: 40 }, () => refusalOf(each.add(sampleFacts()))));
      const refusals = (await Promise.all(adds)).filter((refusal) => refusal !== null);
      expect(refusals).toHaveLength(110);
      expect(refusals.every((refusal) => readFull(refusal) === 'queueFull')).toBe(true);
      expect(await instances[0]?.waiting()).toHaveLength(50);
      expect(await instances[0]?.connections.commands.keys(recordKey('*'))).toHaveLength(50);
    });

    it('lets one in for each that leaves', async () => {
      const instance = await open(1);
      const first = sampleFacts();
      await instance.add(first);
      expect(readFull(await refusalOf(instance.add(sampleFacts())))).toBe('queueFull');
      await instance.canceller.cancel(first.id);
      expect(await refusalOf(instance.add(sampleFacts()))).toBeNull();
    });

    it('counts jobs that are paused or delayed', async () => {
      const instance = await open(2);
      const refused = sampleFacts();
      await instance.add(sampleFacts(), { delay: 60_000 });
      await instance.queue.pause();
      await instance.add(sampleFacts());
      expect(readFull(await refusalOf(instance.add(refused)))).toBe('queueFull');
      expect(await instance.records.find(refused.id)).toBeNull();
    });

    it('holds for no other queue on the same connection', async () => {
      const { connections, settings } = await open(1);
      const other = new Bull('other', queueOptions(connections, settings));
      await Promise.all([1, 2, 3].map(() => other.add({})));
      expect(await other.getWaitingCount()).toBe(3);
    });
  });

  describe('the bound of a key', () => {
    it('lets in exactly as many of its jobs as may wait, from however many instances at once', async () => {
      const instances = await Promise.all([1, 2, 3, 4].map(() => open()));
      const adds = instances.flatMap((each) =>
        Array.from({ length: 20 }, () => refusalOf(each.add(sampleFacts(), { maxQueued: 7 }))),
      );
      const refusals = (await Promise.all(adds)).filter((refusal) => refusal !== null);
      expect(refusals.map(readFull)).toEqual(Array(73).fill('keyQueueFull'));
      expect(await instances[0]?.waitingJobs.countByCaller()).toEqual(new Map([['caller', 7]]));
      expect(await refusalOf(instances[1]!.add(sampleFacts({ callerName: 'other' }), { maxQueued: 1 }))).toBeNull();
    });

    it.each(['running', 'cancelled', 'lost'] as const)('lets one in for each that is %s', async (state) => {
      const instance = await open();
      const facts = sampleFacts();
      await instance.add(facts, { maxQueued: 1 });
      expect(readFull(await refusalOf(instance.add(sampleFacts(), { maxQueued: 1 })))).toBe('keyQueueFull');
      if (state === 'running') await bringTo(state, instance.records, facts.id);
      else await instance.records.end(endingIn(state, facts.id), WAIT_KEY);
      expect(await refusalOf(instance.add(sampleFacts(), { maxQueued: 1 }))).toBeNull();
      expect(await refusalOf(instance.add(sampleFacts(), { maxQueued: 1 }))).not.toBeNull();
    });

    it('is another than that of all jobs, which is named first', async () => {
      const instance = await open(1);
      await instance.add(sampleFacts(), { maxQueued: 1 });
      expect(readFull(await refusalOf(instance.add(sampleFacts(), { maxQueued: 1 })))).toBe('queueFull');
    });
  });

  describe('an add that is sent again', () => {
    it('is neither refused nor done again while the job waits', async () => {
      const instance = await open(1);
      const facts = sampleFacts();
      await instance.add(facts);
      await expect(instance.add(facts)).resolves.toBeUndefined();
      expect(await instance.waiting()).toEqual([facts.id]);
    });

    it('takes no job for a repeat of itself', async () => {
      const instance = await open();
      const facts = sampleFacts({ isIdempotent: true });
      await instance.add(facts, idempotent('caller'));
      await expect(instance.add(facts, idempotent('caller'))).resolves.toBeUndefined();
    });

    it('does not run a job again that has ended and left the queue', async () => {
      const instance = await open();
      const facts = sampleFacts();
      await instance.add(facts);
      void instance.queue.process(async ({ id }) => bringTo('succeeded', instance.records, String(id)));
      await eventually('it has left the queue', async () => (await instance.queue.getJob(facts.id)) === null);
      await instance.add(facts);
      expect(await instance.queue.getJob(facts.id)).toBeNull();
      expect((await recordOf(instance.records, facts.id)).state).toBe('succeeded');
      await instance.close();
    });
  });

  describe('an idempotency key', () => {
    it('is let in once, however many use it on however many instances at once: all others are told of that one', async () => {
      const instances = await Promise.all([1, 2, 3, 4].map(() => open()));
      const jobs = Array.from({ length: 60 }, () => sampleFacts({ isIdempotent: true }));
      const refusals = await Promise.all(
        jobs.map(async (facts, index) => {
          const refusal = await refusalOf(instances[index % 4]!.add(facts, idempotent('caller', `${index}`)));
          return refusal === null ? facts.id : readRepeat(refusal);
        }),
      );
      const admitted = refusals.filter((each) => typeof each === 'string');
      expect(admitted).toHaveLength(1);
      expect(await instances[0]?.waiting()).toEqual(admitted);
      const first = { jobId: admitted[0], fingerprint: `${jobs.findIndex(({ id }) => id === admitted[0])}` };
      for (const each of refusals) if (typeof each !== 'string') expect(each).toEqual(first);
    });

    it('is another when another caller uses it', async () => {
      const instance = await open();
      await instance.add(sampleFacts({ callerName: 'one' }), idempotent('one'));
      await instance.add(sampleFacts({ callerName: 'other' }), idempotent('other'));
      expect(await instance.waiting()).toHaveLength(2);
    });

    it('is free once its record has expired, and then stands for the new job', async () => {
      const instance = await open();
      const [first, second] = [sampleFacts(), sampleFacts()];
      await instance.add(first, idempotent('caller'));
      await instance.canceller.cancel(first.id);
      await instance.connections.commands.del(recordKey(first.id));
      await instance.add(second, idempotent('caller'));
      const refusal = await refusalOf(instance.add(sampleFacts(), idempotent('caller')));
      expect(readRepeat(refusal)).toEqual({ jobId: second.id, fingerprint: 'f' });
    });

    it('is known although the queue is full, and is not taken when it was', async () => {
      const instance = await open(1);
      const facts = sampleFacts();
      await instance.add(facts, idempotent('caller'));
      expect(readRepeat(await refusalOf(instance.add(sampleFacts(), idempotent('caller'))))?.jobId).toBe(facts.id);
      expect(readFull(await refusalOf(instance.add(sampleFacts(), idempotent('late'))))).toBe('queueFull');
      await instance.canceller.cancel(facts.id);
      expect(await refusalOf(instance.add(sampleFacts(), idempotent('late')))).toBeNull();
    });
  });

  it('makes the record in the same step', async () => {
    const instance = await open();
    const facts: JobFacts = sampleFacts({ requestId: 'ñ \ud800', webhookUrl: 'https://example.com/?a=%20' });
    await instance.add(facts);
    expect(await recordOf(instance.records, facts.id)).toMatchObject({
      facts,
      state: 'queued',
      delivery: { tries: [] },
    });
  });
});

describe(readFull.name, () => {
  it.each([new Error('Connection is closed.'), 'FULL queueFull', null])('finds no bound in %s', (error) => {
    expect(readFull(error)).toBeNull();
  });
});

describe(readRepeat.name, () => {
  it.each([new Error('FULL queueFull'), new Error('Connection is closed.'), 'REPEATED a b', null])(
    'finds none in %s',
    (error) => {
      expect(readRepeat(error)).toBeNull();
    },
  );
});
