import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '../../../test/support/silent-logger';
import { PrivateRedis } from '../../../test/support/private-redis';
import { RedisConnections } from './redis-connections';

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

  it('may be closed while it subscribes, as it does by itself after an outage', async () => {
    const connections = new RedisConnections({ socketPath: '/nonexistent/redis.sock' }, silentLogger());
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    // Nobody waits for it.
    void connections.subscriber.subscribe('channel');
    connections.close();
    await setImmediate();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
