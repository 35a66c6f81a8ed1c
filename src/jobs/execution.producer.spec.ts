import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { recordOf, startAs } from '../../test/support/recorded-jobs';
import { sampleCaller } from '../../test/support/sample-caller';
import { sampleRun } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { within } from '../../test/support/within';
import { answerFromRecord, type AnsweredJob } from '../domain/answered-job';
import { type EndedJob, type JobFacts } from '../domain/job-record';
import { NoTracing } from '../platform/tracing/tracing';
import { recordKey } from '../records/record-keys';
import { ExecutionProducer, type Submission } from './execution.producer';
import { PendingAnswers } from './pending-answers';
import { QueueLengthReader } from './queue-length.reader';
import { QueuePace } from './queue-pace';

const WEBHOOK = { request: { code: '1', timeoutSeconds: 7, webhookUrl: 'https://example.com/' } };
const IDEMPOTENT = { idempotencyKey: 'K' };

describe(ExecutionProducer.name, () => {
  let redis: PrivateRedis;
  let api: Instance;
  let pending: PendingAnswers;
  let producer: ExecutionProducer;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    api = await Instance.open(redis, { MAX_QUEUE_LENGTH: '3' });
    pending = new PendingAnswers();
    const { queue, connections, records, canceller, channel, metrics } = api;
    const queueLength = new QueueLengthReader(connections);
    const pace = new QueuePace(connections, api.waitingJobs, silentLogger());
    const parts = [pending, records, canceller, channel, queueLength, pace, metrics] as const;
    producer = new ExecutionProducer(queue, connections, ...parts, new NoTracing(), silentLogger());
    producer.onModuleInit();
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function submit(differences: Partial<Submission> = {}): ReturnType<ExecutionProducer['submit']> {
    const request = { code: '1', timeoutSeconds: 7 };
    return producer.submit({ request, caller: sampleCaller(), isAsync: false, idempotencyKey: null, ...differences });
  }

  async function accept(
    differences: Partial<Submission> = {},
  ): Promise<{ facts: JobFacts; answer: Promise<AnsweredJob> | null }> {
    const submitted = await submit(differences);
    if (submitted.isRepeat) throw new Error('It was taken for a repeat');
    submitted.answer?.catch(() => undefined);
    return submitted;
  }

  /** Ends a job as a worker elsewhere does. */
  async function run(facts: JobFacts): Promise<void> {
    const worker = await Instance.open(redis);
    await startAs(worker.records, facts.id, worker.channel.address, Date.now());
    await worker.closer.close(facts, sampleRun());
  }

  it('queues a program, and passes on what it came to and how long it took', async () => {
    const { facts, answer } = await accept({ request: { ...WEBHOOK.request, id: 'mine' } });
    const expected = { requestId: 'mine', callerName: 'caller', timeoutSeconds: 7, webhookUrl: 'https://example.com/' };
    expect(facts).toMatchObject({ ...expected, replyTo: api.channel.address, queueLength: null, isIdempotent: false });
    expect((await recordOf(api.records, facts.id)).facts).toEqual(facts);
    expect((await api.queue.getJob(facts.id))?.data).toEqual({ code: '1' });
    await run(facts);
    const answered = await answer;
    expect(answered).toMatchObject({ facts, end: { state: 'succeeded', run: sampleRun() }, times: { runMs: 123 } });
  });

  it('says that the service failed where a job comes to no outcome', async () => {
    const { facts, answer } = await accept();
    await api.closer.close(facts, null);
    await expect(answer).rejects.toThrow('came to no outcome');
  });

  it('keeps nobody waiting who does not want to, and says how many jobs wait', async () => {
    await accept();
    const { facts, answer } = await accept({ isAsync: true });
    expect([answer, facts.replyTo, facts.queueLength]).toEqual([null, null, 1]);
    expect(pending.jobs().map(({ id }) => id)).not.toContain(facts.id);
  });

  describe('a request that is not accepted', () => {
    it('says why: the queue is full', async () => {
      await Promise.all([accept(), accept(), accept()]);
      await expect(submit()).rejects.toMatchObject({ code: 'queueFull' });
      expect(pending.jobs()).toHaveLength(3);
    });

    it('says why: the service is ending', async () => {
      producer.refuseNewJobs();
      await expect(submit()).rejects.toMatchObject({ code: 'shuttingDown' });
      expect(await api.waiting()).toEqual([]);
    });

    it('says why: Redis is away', async () => {
      await redis.takeAway();
      await expect(submit()).rejects.toMatchObject({ code: 'queueUnavailable' });
      expect(pending.jobs()).toEqual([]);
    });

    it('is not run later by a Redis that hung, but for one that may be repeated', async () => {
      await redis.freeze();
      const submissions = [submit(), submit({ isAsync: true, idempotencyKey: null }), submit(IDEMPOTENT)];
      const refusals = await Promise.allSettled(submissions);
      expect(refusals).toMatchObject(Array(3).fill({ reason: { code: 'queueUnavailable' } }));
      redis.thaw();
      await eventually('only the one waits', async () => {
        const [waiting, records] = [await api.waiting(), await api.connections.commands.keys(recordKey('*'))];
        return records.length === 3 && waiting.length === 1;
      });
      await expect(submit(IDEMPOTENT)).resolves.toMatchObject({ isRepeat: true, record: { state: 'queued' } });
    });
  });

  describe('a repeat', () => {
    it('finds the job of the first, and how far it has come', async () => {
      const { facts } = await accept(IDEMPOTENT);
      expect(await submit(IDEMPOTENT)).toMatchObject({ isRepeat: true, record: { facts, state: 'queued' } });
      await run(facts);
      expect(await submit({ ...IDEMPOTENT, isAsync: true })).toMatchObject({ record: { facts, state: 'succeeded' } });
      expect(pending.jobs()).toEqual([]);
      expect(await api.queue.count()).toBe(1);
    });

    it('finds the very times that the first was told', async () => {
      const { facts, answer } = await accept(IDEMPOTENT);
      await run(facts);
      const { record } = (await submit(IDEMPOTENT)) as { record: EndedJob };
      expect(answerFromRecord(record)).toEqual(await answer);
    });

    it.each([
      { code: '2', timeoutSeconds: 7 },
      { code: '1', timeoutSeconds: 8 },
      { code: '1', timeoutSeconds: 7, id: '' },
      WEBHOOK.request,
    ])('is none when the request is another: %j', async (request) => {
      await accept(IDEMPOTENT);
      await expect(submit({ ...IDEMPOTENT, request })).rejects.toMatchObject({ code: 'idempotencyKeyReused' });
      expect(await api.waiting()).toHaveLength(1);
    });

    it('is none when the caller is another', async () => {
      await accept(IDEMPOTENT);
      await accept({ ...IDEMPOTENT, caller: sampleCaller({ name: 'another' }) });
      expect(await api.waiting()).toHaveLength(2);
    });

    it('is answered with 503 when Redis goes away before the first one is found', async () => {
      await accept(IDEMPOTENT);
      const find = api.records.find.bind(api.records);
      jest.spyOn(api.records, 'find').mockImplementationOnce(async (jobId) => {
        await redis.takeAway();
        return find(jobId);
      });
      await expect(submit(IDEMPOTENT)).rejects.toMatchObject({ code: 'queueUnavailable' });
      await redis.bringBack();
    });

    it('is a job of its own when the first one expires at that moment', async () => {
      const first = await accept(IDEMPOTENT);
      jest.spyOn(api.records, 'find').mockImplementationOnce(async () => {
        await api.connections.commands.del(recordKey(first.facts.id));
        return null;
      });
      const second = await accept(IDEMPOTENT);
      expect(second.facts.id).not.toBe(first.facts.id);
    });
  });

  describe('a caller that hangs up', () => {
    async function untilCancelled({ id }: JobFacts): Promise<void> {
      await eventually('it is cancelled', async () => (await api.records.find(id))?.state === 'cancelled');
    }

    it('takes its job along, and leaves nothing behind', async () => {
      const { facts } = await accept();
      producer.abandon(facts);
      expect(pending.jobs()).toEqual([]);
      await untilCancelled(facts);
      expect(await api.waiting()).toEqual([]);
    });

    it('takes its job along when Redis is back', async () => {
      const { facts } = await accept();
      await redis.takeAway();
      producer.abandon(facts);
      await redis.bringBack();
      await untilCancelled(facts);
    });

    it.each([WEBHOOK, IDEMPOTENT])('leaves a job to those who want it, too: %j', async (differences) => {
      const [{ facts }, other] = [await accept(differences), await accept()];
      producer.abandon(facts);
      producer.abandon(other.facts);
      await untilCancelled(other.facts);
      expect(await api.waiting()).toEqual([facts.id]);
      expect(pending.jobs()).toEqual([]);
    });
  });

  describe('the end of the service', () => {
    it('waits for the answers', async () => {
      const { facts } = await accept();
      const answered = producer.whenAllAnswered();
      await run(facts);
      await answered;
    });

    it('takes back what nobody else wants, and tells all callers to come back', async () => {
      const [waiting, running, wanted] = [await accept(), await accept(), await accept(IDEMPOTENT)];
      await startAs(api.records, running.facts.id, 'worker', 1);
      await producer.abandonPending();
      for (const { answer } of [waiting, running, wanted])
        await expect(answer).rejects.toMatchObject({ code: 'shuttingDown' });
      expect((await recordOf(api.records, waiting.facts.id)).state).toBe('cancelled');
      expect((await recordOf(api.records, running.facts.id)).state).toBe('running');
      expect(await api.waiting()).toEqual([running.facts.id, wanted.facts.id]);
    });

    it('does not wait for a Redis that is away', async () => {
      const { answer } = await accept();
      await redis.takeAway();
      await within(10, 'it gives up', producer.abandonPending());
      await expect(answer).rejects.toMatchObject({ code: 'shuttingDown' });
    });
  });
});
