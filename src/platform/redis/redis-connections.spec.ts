import { silentLogger } from '../../../test/support/silent-logger';
import { PrivateRedis } from '../../../test/support/private-redis';
import { parseRedisAddress, RedisConnections } from './redis-connections';

describe(RedisConnections.name, () => {
  it('fails commands in about a second when there is no server', async () => {
    const connections = new RedisConnections({ socketPath: '/nonexistent/redis.sock' }, silentLogger());
    const startedAt = performance.now();
    await expect(connections.commands.ping()).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    connections.close();
  });

  it('is ready once the server answers', async () => {
    await using redis = await PrivateRedis.start();
    const connections = await redis.connect();
    expect(await connections.ready(0)).toBe(true);
  });

  it('is not ready without a server', async () => {
    const connections = new RedisConnections({ socketPath: '/nonexistent/redis.sock' }, silentLogger());
    expect(await connections.ready(50)).toBe(false);
    connections.close();
  });
});

describe(parseRedisAddress.name, () => {
  it.each(['redis://localhost:6379/1', 'rediss://user:secret@host'])('leaves %s to ioredis', (url) => {
    expect(parseRedisAddress(url)).toEqual({ url });
  });

  it('takes the path of unix:///run/my%20redis.sock', () => {
    expect(parseRedisAddress('unix:///run/my%20redis.sock')).toEqual({ socketPath: '/run/my redis.sock' });
  });
});
