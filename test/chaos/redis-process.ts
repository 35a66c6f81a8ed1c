import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually';
import { type RunningProcess } from './member';

const START_MS = 30_000;

/**
 * A Redis server that has on disk what it has answered: with `everysec`, the milliseconds before a SIGKILL could be gone, and
 * what was accepted then with them.
 */
export class RedisProcess implements RunningProcess {
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;

  private constructor(directory: string) {
    const options = ['--port', '0', '--unixsocket', socketIn(directory), '--dir', directory, '--save', ''];
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
    // It ends with the test, however that ends.
    const command = ['--pdeathsig', 'KILL', 'redis-server', ...options, ...durable, '--loglevel', 'warning'];
    this.child = spawn('setpriv', command, { stdio: 'ignore' });
    this.exit = new Promise((ended) => this.child.once('exit', ended));
  }

  /** Starts it on what the last one in this directory has left. Resolves when it answers. */
  static async start(directory: string): Promise<RedisProcess> {
    const server = new RedisProcess(directory);
    const client = new Redis(socketIn(directory), { retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    try {
      await eventually('Redis answers', async () => (await client.ping()).length > 0, START_MS);
    } finally {
      client.disconnect();
    }
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async ended(): Promise<number | null> {
    return this.exit;
  }
}

export const redisUrl = (directory: string): string => `unix://${socketIn(directory)}`;

const socketIn = (directory: string): string => join(directory, 'redis.sock');
