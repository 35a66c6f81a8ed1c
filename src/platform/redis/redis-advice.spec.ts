import Redis from 'ioredis';
import { freePort, RedisProcess } from '../../../test/support/redis-process';
import { adviceFor } from './redis-advice';

describe(adviceFor.name, () => {
  it.each([
    [['appendonly yes', 'maxmemory-policy noeviction'], []],
    [['save 60 1', 'maxmemory-policy volatile-lru'], [expect.stringContaining('maxmemory-policy volatile-lru')]],
    [['maxmemory-policy noeviction'], [expect.stringContaining('appendonly yes')]],
    // Where it may not be asked, nothing is said of what is not known.
    [['rename-command CONFIG ""'], []],
  ])('of one with %j', async (lines, advice) => {
    const port = await freePort();
    await using server = await RedisProcess.start(port, [`port ${port}`, ...lines]);
    const redis = new Redis({ port: server.port });
    expect(await adviceFor(redis)).toEqual(advice);
    redis.disconnect();
  });
});
