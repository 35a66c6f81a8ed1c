import { eventually } from '../../../test/support/eventually';
import { PrivateRedis } from '../../../test/support/private-redis';
import { RedisPulse } from './redis-pulse';

describe(RedisPulse.name, () => {
  it('tells those who wait that Redis hangs, and that it no longer does', async () => {
    await using redis = await PrivateRedis.start();
    const { commands, pulse } = await redis.connect();
    await expect(pulse.unlessItHangs(commands.ping())).resolves.toBe('PONG');
    await redis.freeze();
    const waiting = Array.from({ length: 50 }, () => pulse.unlessItHangs(commands.ping()));
    const told = await Promise.allSettled(waiting);
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(pulse.hangs).toBe(true);
    redis.thaw();
    await eventually('it answers', () => !pulse.hangs);
    await expect(pulse.unlessItHangs(commands.ping())).resolves.toBe('PONG');
  });

  it('does not take a Redis that is gone for one that hangs', async () => {
    await using redis = await PrivateRedis.start();
    const { commands, pulse } = await redis.connect();
    await redis.takeAway();
    await expect(commands.ping()).rejects.toThrow();
    expect(pulse.hangs).toBe(false);
    await redis.bringBack();
  });
});
