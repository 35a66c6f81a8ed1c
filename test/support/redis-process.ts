import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { TemporaryDirectory } from './temporary-directory';

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** One `redis-server` of a test's own, with any configuration, its data in a directory of its own. */
export class RedisProcess implements AsyncDisposable {
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly directory: TemporaryDirectory,
    private readonly process: ChildProcess,
    readonly port: number,
  ) {
    this.exited = once(process, 'exit');
  }

  /** @param lines of redis.conf; `port` is one of them, `DIR` stands for its directory */
  static async start(port: number, lines: readonly string[], options: readonly string[] = []): Promise<RedisProcess> {
    const directory = new TemporaryDirectory();
    const file = join(directory.path, 'redis.conf');
    writeFileSync(file, ['bind 127.0.0.1', `dir ${directory.path}`, 'save ""', ...lines, ''].join('\n'));
    const server = spawn('redis-server', [file, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ready = new Promise<void>((resolve) => {
      server.stdout.on('data', (chunk: Buffer) => {
        if (/Ready to accept connections|Sentinel ID is/.test(chunk.toString())) resolve();
      });
    });
    await Promise.race([ready, once(server, 'exit')]);
    if (server.exitCode !== null) throw new Error(`redis-server ended with code ${server.exitCode}`);
    return new RedisProcess(directory, server, port);
  }

  /** As with a machine that is lost. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.directory[Symbol.dispose]();
  }
}
