import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, endingIn, startAs } from '../../test/support/recorded-jobs';
import { sampleFacts } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { queueKey } from './execution-queue';
import { type Backlog, QueuePace, retryAfter, secondsUntilRoom } from './queue-pace';

const backlog = (differences: Partial<Backlog> = {}): Backlog => ({
  waiting: 10,
  waitingByCaller: new Map([['a', 10]]),
  recentRunTimesMs: [20_000],
  active: 1,
  running: [{ elapsedMs: 0, remainingMs: 30_000 }],
  ...differences,
});

describe(secondsUntilRoom.name, () => {
  it.each<[string, Partial<Backlog>, string | null, number]>([
    ['one long job on one worker', {}, null, 20],
    ['one worker among four', { active: 4 }, null, 5],
    ['a tenth of a long queue', { waiting: 1000, recentRunTimesMs: [100, 300], active: 2 }, null, 10],
    ['short jobs', { recentRunTimesMs: [3, 5] }, null, 0.004],
    [
      'jobs that run for longer than those before them',
      { recentRunTimesMs: [3], running: [{ elapsedMs: 7_000, remainingMs: 1 }] },
      null,
      7,
    ],
    ['a key that is alone', {}, 'a', 20],
    [
      'a key that has a turn in four',
      { waiting: 40, waitingByCaller: new Map(['a', 'b', 'c', 'd'].map((key) => [key, 10])) },
      'a',
      80,
    ],
    [
      'a key with more turns to wait for than jobs wait',
      {
        waiting: 2,
        waitingByCaller: new Map([
          ['a', 1],
          ['b', 1],
          ['c', 9],
        ]),
      },
      'a',
      40,
    ],
    ['a key whose jobs have just left', { waitingByCaller: new Map() }, 'a', 20],
    [
      'no job has ended yet: the first that must',
      {
        recentRunTimesMs: [],
        running: [
          { elapsedMs: 1, remainingMs: 9_000 },
          { elapsedMs: 1, remainingMs: 5_000 },
        ],
      },
      null,
      5,
    ],
    ['nothing runs', { active: 0, running: [] }, null, 30],
  ])('%s', (_, differences, caller, expected) => {
    expect(secondsUntilRoom(backlog(differences), caller)).toBeCloseTo(expected, 6);
  });
});

describe(retryAfter.name, () => {
  it.each([
    [0, 1, 1],
    [0.4, 1, 1],
    [1, 0, 1],
    [20, 0, 20],
    [20, 1, 25],
    [20, 0.5, 23],
    [1e9, 0, 300],
    [Number.POSITIVE_INFINITY, 0, 300],
  ])('makes of %d seconds, with a chance of %d, %d', (seconds, chance, expected) => {
    expect(retryAfter(seconds, chance)).toBe(expected);
  });
});

describe(QueuePace.name, () => {
  let redis: PrivateRedis;
  let instance: Instance;
  let pace: QueuePace;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
    pace = new QueuePace(instance.connections, instance.waitingJobs, silentLogger());
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await redis[Symbol.asyncDispose]();
  });

  /** A job that a worker has taken. */
  async function runningJob(timeoutSeconds: number): Promise<string> {
    const { id } = await add({ timeoutSeconds });
    await instance.connections.commands.rpoplpush(queueKey('wait'), queueKey('active'));
    await startAs(instance.records, id, 'worker', Date.now());
    return id;
  }

  async function add(differences = {}): Promise<{ id: string }> {
    const facts = sampleFacts(differences);
    await instance.add(facts);
    return facts;
  }

  it('goes by the time limit of what runs before anything has ended', async () => {
    await runningJob(120);
    await add();
    expect(await pace.retryAfterSeconds(null)).toBe(120);
  });

  it('goes by how long jobs took, on whichever instance', async () => {
    const other = await Instance.open(redis);
    const { id } = await add();
    await add();
    await bringTo('running', other.records, id);
    await other.records.end(endingIn('succeeded', id, { finishedAtMs: 1_000 + 17_000 }), queueKey('wait'));
    await (await other.queue.getJob(id))?.remove();
    await runningJob(120);
    await add({ callerName: 'b' });
    expect(await pace.retryAfterSeconds(null)).toBe(17);
    expect(await pace.retryAfterSeconds('b')).toBe(34);
  });

  it('asks Redis once for all that are refused at the same time', async () => {
    const asked = jest.spyOn(instance.waitingJobs, 'countByCaller');
    await Promise.all(Array.from({ length: 50 }, () => pace.retryAfterSeconds(null)));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('knows nothing with Redis away', async () => {
    await redis.takeAway();
    expect(await pace.retryAfterSeconds(null)).toBeUndefined();
    await redis.bringBack();
  });
});
