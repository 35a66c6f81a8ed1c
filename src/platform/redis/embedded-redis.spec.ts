import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../../test/support/eventually';
import { PrivateRedis } from '../../../test/support/private-redis';
import { silentLogger } from '../../../test/support/silent-logger';
import { TemporaryDirectory } from '../../../test/support/temporary-directory';
import { StartupError } from '../../domain/startup-error';
import { EmbeddedRedis } from './embedded-redis';
import { RedisConnections } from './redis-connections';

async function processId(connections: RedisConnections): Promise<number> {
  const info = await connections.commands.info('server');
  return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
}

async function answered(redis: EmbeddedRedis): Promise<void> {
  const connections = new RedisConnections({ socketPath: redis.socketPath }, silentLogger());
  expect(await connections.ready(10_000)).toBe(true);
  connections.close();
}

/** Cuts a file so many bytes before its end, or overwrites some after so many bytes. */
function breakFile(path: string, position: number): void {
  const content = readFileSync(path);
  writeFileSync(path, position < 0 ? content.subarray(0, position) : content.fill('?', position, position + 8));
}

describe(EmbeddedRedis.name, () => {
  it('listens on a private socket only', async () => {
    await using redis = await PrivateRedis.start();
    const { commands } = await redis.connect();
    expect(await commands.config('GET', 'port')).toEqual(['port', '0']);
    expect(statSync(redis.server.socketPath).mode & 0o777).toBe(0o700);
  });

  it('starts again when it dies, with its data', async () => {
    await using redis = await PrivateRedis.start();
    const connections = await redis.connect();
    await connections.commands.set('key', 'value');
    // What `everysec` has not yet written would be lost with the process.
    await eventually('the append-only file is written', async () =>
      (await connections.commands.info('persistence')).includes('aof_pending_bio_fsync:0'),
    );
    const firstProcess = await processId(connections);
    process.kill(firstProcess, 'SIGKILL');
    await eventually('it is back', async () => {
      const current = await processId(connections).catch(() => firstProcess);
      return current !== firstProcess;
    });
    expect(await connections.commands.get('key')).toBe('value');
  });

  describe('with an append-only file that ends in the middle of a command', () => {
    it.each([
      ['starts without that command, which was never answered', -3, true],
      ['says so when it is broken elsewhere', 23, false],
    ])('%s', async (_what, position, starts) => {
      using directory = new TemporaryDirectory();
      const first = await EmbeddedRedis.start(directory.path, silentLogger());
      const writing = new RedisConnections({ socketPath: first.socketPath }, silentLogger());
      await writing.ready(10_000);
      for (const key of ['kept', 'cut']) await writing.commands.set(key, 'value');
      writing.close();
      await first.stop();
      breakFile(join(directory.path, 'redis/appendonlydir/appendonly.aof.1.incr.aof'), position);

      const second = await EmbeddedRedis.start(directory.path, silentLogger());
      const connections = new RedisConnections({ socketPath: second.socketPath }, silentLogger());
      try {
        const started = Promise.race([connections.ready(10_000), second.failure()]);
        if (starts) {
          expect(await started).toBe(true);
          expect(await connections.commands.mget('kept', 'cut')).toEqual(['value', null]);
        } else {
          await expect(started).rejects.toThrow(/append only file/);
        }
      } finally {
        connections.close();
        await second.stop();
      }
    });
  });

  it('refuses a data directory that another one uses', async () => {
    using directory = new TemporaryDirectory();
    const first = await EmbeddedRedis.start(directory.path, silentLogger());
    const connections = new RedisConnections({ socketPath: first.socketPath }, silentLogger());
    await connections.ready(10_000);
    const second = await EmbeddedRedis.start(directory.path, silentLogger());
    try {
      await expect(second.failure()).rejects.toThrow(StartupError);
    } finally {
      connections.close();
      await Promise.all([first.stop(), second.stop()]);
    }
  }, 20_000);

  it('removes the socket that a service left which was killed', async () => {
    using directory = new TemporaryDirectory();
    const first = await EmbeddedRedis.start(directory.path, silentLogger());
    const left = join(first.socketPath, '..');
    await answered(first);
    await first.supervise();
    await first.stop();
    mkdirSync(left);
    const second = await EmbeddedRedis.start(directory.path, silentLogger());
    await answered(second);
    expect(existsSync(left)).toBe(true);
    await second.supervise();
    expect(existsSync(left)).toBe(false);
    expect(existsSync(second.socketPath)).toBe(true);
    await second.stop();
  });

  it('takes its socket with it when it stops', async () => {
    const redis = await PrivateRedis.start();
    const { socketPath } = redis.server;
    await redis[Symbol.asyncDispose]();
    expect(existsSync(join(socketPath, '..'))).toBe(false);
  });
});
