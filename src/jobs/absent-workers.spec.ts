import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { AbsentWorkers } from './absent-workers';
import { queueKey } from './execution-queue';

const SECOND = 1_000;

describe(AbsentWorkers.name, () => {
  let redis: PrivateRedis;
  let instance: Instance;
  let workers: AbsentWorkers;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
  });

  beforeEach(async () => {
    await instance.connections.commands.del(queueKey('active'));
    workers = new AbsentWorkers(instance.connections);
  });

  afterAll(async () => {
    await instance.close();
    await redis[Symbol.asyncDispose]();
  });

  const ask = (...seconds: number[]): Promise<boolean[]> =>
    seconds.reduce<Promise<boolean[]>>(
      async (answers, second) => [...(await answers), await workers.areGone(second * SECOND)],
      Promise.resolve([]),
    );

  it('takes them for gone when nothing runs for twenty seconds while somebody waits', async () => {
    expect(await ask(5, 15, 24, 26, 56)).toEqual([false, false, false, true, true]);
  });

  it('does not while a job runs, nor for what was seen long ago', async () => {
    await ask(0, 19);
    await instance.connections.commands.rpush(queueKey('active'), 'a job');
    expect(await ask(21)).toEqual([false]);
    await instance.connections.commands.del(queueKey('active'));
    expect(await ask(31, 50, 100, 121)).toEqual([false, false, false, true]);
  });
});
