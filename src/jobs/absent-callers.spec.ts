import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { recordOf } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { type JobFacts } from '../domain/job-record';
import { AbsentCallers } from './absent-callers';

const LONG_AGO = { acceptedAtMs: Date.now() - 60_000 };

describe(AbsentCallers.name, () => {
  let redis: PrivateRedis;
  let worker: Instance;
  let api: Instance;
  let absentCallers: AbsentCallers;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    [worker, api] = [await Instance.open(redis), await Instance.open(redis)];
    absentCallers = new AbsentCallers(worker.presence, worker.channel, worker.closer, silentLogger());
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function add(differences: Partial<JobFacts> = {}): Promise<JobFacts> {
    const facts = sampleFacts({ replyTo: api.channel.address, ...LONG_AGO, ...differences });
    await api.add(facts);
    return facts;
  }

  /** The api is lost, and Redis has noticed. */
  async function loseApi(): Promise<void> {
    const { address } = api.channel;
    api.connections.close();
    await eventually('it listens no more', async () => {
      const [, listeners] = await worker.connections.commands.pubsub('NUMSUB', address);
      return Number(listeners) === 0;
    });
  }

  const stateOf = async ({ id }: JobFacts): Promise<string> => (await recordOf(worker.records, id)).state;

  it('closes the jobs of an instance that is gone as cancelled', async () => {
    const jobs = [await add(), await add()];
    await loseApi();
    const closed = await Promise.all(jobs.map((facts) => absentCallers.closeIfAbandoned(facts)));
    expect(closed).toEqual([true, true]);
    for (const facts of jobs) {
      expect(await recordOf(worker.records, facts.id)).toMatchObject({ state: 'cancelled', startedAtMs: null });
    }
  });

  it('leaves those alone of an instance that is there', async () => {
    const facts = await add();
    expect(await absentCallers.closeIfAbandoned(facts)).toBe(false);
    expect(await stateOf(facts)).toBe('queued');
  });

  it.each<Partial<JobFacts>>([
    { replyTo: null },
    { isIdempotent: true },
    { webhookUrl: 'https://example.com/' },
    { acceptedAtMs: Date.now() + 60_000 },
  ])('asks nothing where it does not matter: %j', async (differences) => {
    const facts = await add(differences);
    await loseApi();
    const asked = jest.spyOn(worker.connections.commands, 'pubsub');
    expect(await absentCallers.closeIfAbandoned(facts)).toBe(false);
    expect(await absentCallers.closeIfAbandoned({ ...facts, replyTo: worker.channel.address })).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });

  it('takes an instance for gone no sooner than it had time to connect again', async () => {
    const facts = await add();
    await api.connections.subscriber.unsubscribe(api.channel.address);
    const isAbandoned = absentCallers.closeIfAbandoned(facts);
    await api.connections.subscriber.subscribe(api.channel.address);
    expect(await isAbandoned).toBe(false);
    expect(await stateOf(facts)).toBe('queued');
  });

  it('takes nobody for gone after an outage in which Redis has forgotten who listens', async () => {
    const facts = await add();
    await loseApi();
    await worker.connections.subscriber.unsubscribe(worker.channel.address);
    expect(await absentCallers.closeIfAbandoned(facts)).toBe(false);
  });

  it('takes nobody for gone with Redis away', async () => {
    const facts = await add();
    await redis.takeAway();
    expect(await absentCallers.closeIfAbandoned(facts)).toBe(false);
    await redis.bringBack();
  });
});
