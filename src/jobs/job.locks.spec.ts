import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { sampleFacts } from '../../test/support/sample-job';
import { type JobFacts } from '../domain/job-record';
import { lockKey } from './execution-queue';
import { JobLocks } from './job.locks';
import { LOCK_RENEW_INTERVAL_MS } from './queue-options';

const RENEWED_WITHIN_MS = 4 * LOCK_RENEW_INTERVAL_MS;

describe(JobLocks.name, () => {
  let redis: PrivateRedis;
  let first: Instance;
  let facts: JobFacts;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    first = await Instance.open(redis);
    facts = sampleFacts();
    await first.add(facts);
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  /** Takes the job from the queue, as the only one there. */
  async function take({ queue }: Instance): Promise<void> {
    expect((await queue.getNextJob())?.id).toBe(facts.id);
  }

  async function start({ records, channel }: Instance): Promise<void> {
    expect((await records.start(facts.id, channel.address, 1_000, lockKey(facts.id))).isLegal).toBe(true);
  }

  async function expire(): Promise<void> {
    await first.connections.commands.del(lockKey(facts.id));
  }

  it('keeps a job whose lock has expired, if nobody has seen that', async () => {
    await take(first);
    await start(first);
    await expire();
    const lock = first.locks.keep(facts.id, () => undefined);
    await eventually(
      'it is locked again',
      async () => (await first.connections.commands.get(lockKey(facts.id))) === first.channel.address,
      RENEWED_WITHIN_MS,
    );
    expect(lock.isLost).toBe(false);
    lock.release();
  });

  it.each([
    ['has started it', true],
    ['has not started it yet', false],
  ])('gives a job up that another worker has had since and lost, which %s', async (_name, hasStarted) => {
    const second = await Instance.open(redis);
    await take(first);
    await start(first);
    await first.takeAway(facts.id);
    await take(second);
    if (hasStarted) await start(second);
    await expire();
    const lost = Promise.withResolvers<undefined>();
    const lock = first.locks.keep(facts.id, () => {
      lost.resolve(undefined);
    });
    await lost.promise;
    expect(lock.isLost).toBe(true);
    expect(await first.connections.commands.exists(lockKey(facts.id))).toBe(0);
  });
});
