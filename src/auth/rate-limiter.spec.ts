import { PrivateRedis } from '../../test/support/private-redis';
import { sampleCaller } from '../../test/support/sample-caller';
import { within } from '../../test/support/within';
import { RateLimiter } from './rate-limiter';

const caller = sampleCaller({ name: 'team', rateLimitPerMinute: 2 });

describe(RateLimiter.name, () => {
  it('counts over all instances, and each key by itself', async () => {
    await using redis = await PrivateRedis.start();
    const [one, other] = [new RateLimiter(await redis.connect()), new RateLimiter(await redis.connect())];
    expect(await one.count(caller)).toEqual({ remaining: 1, resetSeconds: 60, isOver: false });
    expect(await other.count(caller)).toMatchObject({ remaining: 0, isOver: false });
    expect(await one.count(caller)).toMatchObject({ remaining: 0, isOver: true });
    expect(await one.count({ ...caller, name: 'another' })).toMatchObject({ remaining: 1, isOver: false });
  });

  it('goes by the limit that the key has now', async () => {
    await using redis = await PrivateRedis.start();
    const limiter = new RateLimiter(await redis.connect());
    for (let count = 0; count < 3; count++) await limiter.count(caller);
    expect(await limiter.count({ ...caller, rateLimitPerMinute: 10 })).toMatchObject({ remaining: 6, isOver: false });
  });

  it('leaves nothing in Redis that does not end', async () => {
    await using redis = await PrivateRedis.start();
    const connections = await redis.connect();
    await new RateLimiter(connections).count(caller);
    expect(await connections.commands.keys('*')).toEqual(['{pyexec}:rate:team']);
    expect(await connections.commands.ttl('{pyexec}:rate:team')).toBeGreaterThan(50);
  });

  it('refuses nobody while Redis is away, and counts again when it is back', async () => {
    await using redis = await PrivateRedis.start();
    const connections = await redis.connect();
    const limiter = new RateLimiter(connections);
    await redis.takeAway();
    expect(await limiter.count(caller)).toBeNull();
    await redis.bringBack();
    expect(await connections.ready(10_000)).toBe(true);
    expect(await limiter.count(caller)).toMatchObject({ remaining: 1 });
  });

  it('does not wait for a Redis that hangs', async () => {
    await using redis = await PrivateRedis.start();
    const limiter = new RateLimiter(await redis.connect());
    await redis.freeze();
    // A command by itself would fail after 5 seconds.
    expect(await within(4, 'the count', limiter.count(caller))).toBeNull();
  });
});
