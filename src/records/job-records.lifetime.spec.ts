import { eventually } from '../../test/support/eventually';
import { PrivateRedis } from '../../test/support/private-redis';
import { admit, bringTo, endingIn, recordOf, startAs, WAIT_KEY, WORKER } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { parseSettings } from '../config/settings.loader';
import { type DeliveryTry, type JobFacts } from '../domain/job-record';
import { JOB_STATES } from '../domain/job-state';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { JobRecords } from './job-records';
import { deliveryName, idempotencyRecordKey, JOB_ENDED, outputChannel, recordKey } from './record-keys';

const RETENTION_SECONDS = 100;
const DAY_SECONDS = 24 * 3600;
/** What Redis answers for a key that does not expire, and for one that is not there. */
const [FOR_EVER, NOT_THERE] = [-1, -2];
const TRY: DeliveryTry = { startedAtMs: 1, durationMs: 2, status: 503, failure: null, nextTryAtMs: 9_000 };

describe(`${JobRecords.name}, over time`, () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;
  let records: JobRecords;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    records = new JobRecords(connections, parseSettings({ JOB_RETENTION_SECONDS: `${RETENTION_SECONDS}` }));
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function admitted(differences: Partial<JobFacts> = {}): Promise<string> {
    const facts = sampleFacts(differences);
    await admit(connections, facts);
    return facts.id;
  }

  async function secondsLeft(key: string): Promise<number> {
    return connections.commands.ttl(key);
  }

  async function expectToExpireAfter(key: string, seconds: number): Promise<void> {
    const left = await secondsLeft(key);
    expect(left).toBeLessThanOrEqual(seconds);
    expect(left).toBeGreaterThan(seconds - 30);
  }

  describe('a record', () => {
    it('does not expire before its job has ended', async () => {
      const jobId = await admitted();
      expect(await secondsLeft(recordKey(jobId))).toBe(FOR_EVER);
      await bringTo('running', records, jobId);
      await records.follow(jobId);
      expect(await secondsLeft(recordKey(jobId))).toBe(FOR_EVER);
    });

    it.each(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'] as const)(
      'is kept for the retention once its job is %s, however often it is said',
      async (state) => {
        const jobId = await admitted();
        await bringTo(state, records, jobId);
        await expectToExpireAfter(recordKey(jobId), RETENTION_SECONDS);
        await connections.commands.expire(recordKey(jobId), 10);
        await records.end(endingIn(state, jobId, { token: 'first' }), WAIT_KEY);
        await records.end(endingIn('lost', jobId, { token: 'second' }), WAIT_KEY);
        expect(await secondsLeft(recordKey(jobId))).toBeLessThanOrEqual(10);
      },
    );

    it('is gone when the retention is over', async () => {
      const brief = new JobRecords(connections, parseSettings({ JOB_RETENTION_SECONDS: '1' }));
      const jobId = await admitted();
      await bringTo('succeeded', brief, jobId);
      expect(await brief.find(jobId)).not.toBeNull();
      await eventually('it is gone', async () => (await brief.find(jobId)) === null);
      expect(await connections.commands.keys('*')).toEqual([]);
    });
  });

  describe('an idempotency key', () => {
    it('lives and ends with the record that it stands for', async () => {
      const facts = sampleFacts({ isIdempotent: true, webhookUrl: 'https://example.com' });
      const key = idempotencyRecordKey('caller', 'K');
      await admit(connections, facts, { key, fingerprint: 'f' });
      expect(await secondsLeft(key)).toBe(FOR_EVER);
      await bringTo('running', records, facts.id);
      expect(await secondsLeft(key)).toBe(FOR_EVER);
      await records.end(endingIn('succeeded', facts.id), WAIT_KEY);
      expect(await secondsLeft(key)).toBe(await secondsLeft(recordKey(facts.id)));
      await records.endDelivery(deliveryName(facts.id, 0), 'delivered');
      await expectToExpireAfter(key, RETENTION_SECONDS);
      await records.redeliver(facts.id);
      expect(await secondsLeft(key)).toBe(await secondsLeft(recordKey(facts.id)));
    });

    it('is free again once its job is lost', async () => {
      const facts = sampleFacts({ isIdempotent: true });
      const key = idempotencyRecordKey('caller', 'K');
      await admit(connections, facts, { key, fingerprint: 'f' });
      await bringTo('lost', records, facts.id);
      expect(await secondsLeft(key)).toBe(NOT_THERE);
      await expectToExpireAfter(recordKey(facts.id), RETENTION_SECONDS);
    });

    it('no longer expires when it stands for another job', async () => {
      const key = idempotencyRecordKey('caller', 'K');
      const [first, second] = [sampleFacts({ isIdempotent: true }), sampleFacts({ isIdempotent: true })];
      await admit(connections, first, { key, fingerprint: 'f' });
      await bringTo('succeeded', records, first.id);
      await connections.commands.del(recordKey(first.id));
      await admit(connections, second, { key, fingerprint: 'f' });
      expect(await secondsLeft(key)).toBe(FOR_EVER);
    });

    it('is each caller’s own, and no longer for a long key', () => {
      const key = idempotencyRecordKey('one', 'K');
      expect(idempotencyRecordKey('other', 'K')).not.toBe(key);
      expect(idempotencyRecordKey('one', 'L')).not.toBe(key);
      expect(idempotencyRecordKey('one', 'K'.repeat(10_000))).toHaveLength(key.length);
    });
  });

  describe('a job with a webhook', () => {
    const webhook = { webhookUrl: 'https://example.com/' };

    it('is in the outbox from the step on in which it ends, and kept until it has been delivered', async () => {
      const jobId = await admitted(webhook);
      await bringTo('running', records, jobId);
      expect(await records.outbox(10)).toEqual([]);
      await records.end(endingIn('failed', jobId), WAIT_KEY);
      expect(await records.outbox(10)).toEqual([`${jobId}.0`]);
      await expectToExpireAfter(recordKey(jobId), RETENTION_SECONDS + 5 * DAY_SECONDS);
      await records.endDelivery(deliveryName(jobId, 0), 'failed');
      await expectToExpireAfter(recordKey(jobId), RETENTION_SECONDS);
      expect((await recordOf(records, jobId)).delivery).toEqual({
        state: 'failed',
        tries: [],
        series: 0,
        earlierTries: 0,
      });
    });

    it('is not in it again when its end is sent again, or when another loses to it', async () => {
      const jobId = await admitted(webhook);
      await startAs(records, jobId, WORKER, 1);
      await records.end(endingIn('succeeded', jobId), WAIT_KEY);
      await records.handedOver([`${jobId}.0`]);
      await records.end(endingIn('succeeded', jobId), WAIT_KEY);
      await records.end(endingIn('lost', jobId, { token: 'other' }), WAIT_KEY);
      expect(await records.outbox(10)).toEqual([]);
    });

    it('waits there behind those that ended before it', async () => {
      const [late, early] = [await admitted(webhook), await admitted(webhook)];
      await records.end(endingIn('cancelled', late, { finishedAtMs: 2_000 }), WAIT_KEY);
      await records.end(endingIn('cancelled', early, { finishedAtMs: 1_000 }), WAIT_KEY);
      expect(await records.outbox(10)).toEqual([`${early}.0`, `${late}.0`]);
      expect(await records.outbox(1)).toEqual([`${early}.0`]);
    });

    it('keeps each try of its delivery, in order', async () => {
      const jobId = await admitted(webhook);
      await bringTo('succeeded', records, jobId);
      const second: DeliveryTry = { ...TRY, startedAtMs: 2, status: null, failure: 'timeout', nextTryAtMs: null };
      await records.noteTry(jobId, 1, { ...TRY, failure: 'interrupted' });
      await records.noteTry(jobId, 1, TRY);
      await records.noteTry(jobId, 2, second);
      const tries = [TRY, second];
      expect((await recordOf(records, jobId)).delivery).toEqual({
        state: 'pending',
        tries,
        series: 0,
        earlierTries: 0,
      });
    });

    it('counts a try once that is noted twice', async () => {
      const jobId = await admitted(webhook);
      await records.noteTry(jobId, 1, TRY);
      await records.noteTry(jobId, 1, TRY);
      expect((await recordOf(records, jobId)).delivery?.tries).toEqual([TRY]);
    });

    it('loses no try to one that is told of late', async () => {
      const jobId = await admitted(webhook);
      await bringTo('succeeded', records, jobId);
      const late: DeliveryTry = { ...TRY, status: null, failure: 'timeout' };
      for (const number of [1, 2]) await records.noteTry(jobId, number, TRY);
      await records.noteTry(jobId, 1, late);
      expect((await recordOf(records, jobId)).delivery?.tries).toEqual([late, TRY]);
    });

    it('stays delivered, whatever another process says later', async () => {
      const jobId = await admitted(webhook);
      await bringTo('succeeded', records, jobId);
      for (const state of ['failed', 'delivered', 'failed'] as const)
        await records.endDelivery(deliveryName(jobId, 0), state);
      expect((await recordOf(records, jobId)).delivery?.state).toBe('delivered');
    });

    it('has a destination as long as that delivery is pending, and no end of one that was asked for again', async () => {
      const jobId = await admitted(webhook);
      await bringTo('succeeded', records, jobId);
      const [first, second] = [deliveryName(jobId, 0), deliveryName(jobId, 1)];
      expect(await records.destination(first)).toBe(webhook.webhookUrl);
      expect(await records.destination(second)).toBeNull();
      await records.endDelivery(first, 'failed');
      expect(await records.destination(first)).toBeNull();
      await records.redeliver(jobId);
      await records.endDelivery(first, 'delivered');
      expect(await records.destination(first)).toBeNull();
      expect(await records.destination(second)).toBe(webhook.webhookUrl);
      expect(await records.destination(deliveryName('gone', 0))).toBeNull();
    });

    it('is delivered once more on demand, but not twice at once', async () => {
      const jobId = await admitted(webhook);
      expect(await records.redeliver(jobId)).toBe(false);
      await bringTo('succeeded', records, jobId);
      await records.handedOver(await records.outbox(10));
      expect(await records.redeliver(jobId)).toBe(false);
      await records.noteTry(jobId, 1, TRY);
      await records.endDelivery(deliveryName(jobId, 0), 'delivered');
      expect(await records.redeliver(jobId)).toBe(true);
      expect(await records.redeliver(jobId)).toBe(false);
      expect(await records.outbox(10)).toEqual([`${jobId}.1`]);
      expect((await recordOf(records, jobId)).delivery).toMatchObject({ state: 'pending', earlierTries: 1 });
      await expectToExpireAfter(recordKey(jobId), RETENTION_SECONDS + 5 * DAY_SECONDS);
    });
  });

  it('has nobody told of a job without a webhook', async () => {
    const jobId = await admitted();
    await bringTo('succeeded', records, jobId);
    expect(await records.redeliver(jobId)).toBe(false);
    expect(await records.outbox(10)).toEqual([]);
    expect((await recordOf(records, jobId)).delivery).toBeNull();
  });

  it('never makes a record that has expired anew', async () => {
    await records.follow('gone');
    await records.noteTry('gone', 1, TRY);
    await records.endDelivery(deliveryName('gone', 0), 'delivered');
    expect(await records.redeliver('gone')).toBe(false);
    await startAs(records, 'gone', WORKER, 1);
    for (const state of JOB_STATES) if (state !== 'queued') await bringTo(state, records, 'gone');
    expect(await secondsLeft(recordKey('gone'))).toBe(NOT_THERE);
    expect(await connections.commands.keys('*')).toEqual([]);
  });

  it('tells the worker that a job is followed, and those who follow it that it has ended, and no others', async () => {
    const [followed, other] = [await admitted(), await admitted()];
    const told: string[] = [];
    connections.subscriber.on('message', (channel: string, message: string) => told.push(`${channel} ${message}`));
    await connections.subscriber.subscribe(outputChannel(followed), outputChannel(other));
    await records.follow(followed);
    expect(await startAs(records, followed, WORKER, 1)).toEqual({
      isLegal: true,
      isFollowed: true,
      isCancelled: false,
    });
    expect(await startAs(records, other, WORKER, 1)).toEqual({ isLegal: true, isFollowed: false, isCancelled: false });
    for (const jobId of [other, followed]) await records.end(endingIn('succeeded', jobId), WAIT_KEY);
    await eventually('it is told', () => told.length > 0);
    expect(told).toEqual([`${outputChannel(followed)} ${JOB_ENDED}`]);
  });
});
