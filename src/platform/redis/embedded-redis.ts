import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PinoLogger } from 'nestjs-pino';
import { StartupError } from '../../domain/startup-error';
import { prepareDataDirectory } from '../data-directory';
import { wakePredecessor } from './predecessor';
import { EXIT_DATA_DIR_IN_USE, EXIT_PROGRAM_MISSING, redisServerCommand } from './redis-server.command';

type RedisProcess = ChildProcessByStdio<null, Readable, Readable>;

const MAX_RESTART_DELAY_MS = 2_000;
/** A server that ran this long before it died is started again at once. */
const STABLE_AFTER_MS = 10_000;
/** Time a server has to write its data when it is told to stop; then it is killed. */
const STOP_TIMEOUT_MS = 10_000;
const KEPT_OUTPUT_LENGTH = 2_000;
const SOCKET_DIR_PREFIX = 'embedded-redis-';

/**
 * A Redis server of the service's own: a child process on a private socket, its data in `DATA_DIR/redis`. Started again
 * when it dies; dies with the service, however the service ends.
 */
export class EmbeddedRedis {
  private process: RedisProcess | null = null;
  private supervised = false;
  private restarts = 0;
  private startedAtMs = 0;
  private recentOutput = '';

  /** Where the process ends in order, but before `stop`. */
  private readonly leave = (): void => {
    this.process?.kill('SIGTERM');
    this.process?.kill('SIGCONT');
    rmSync(this.socketDir, { recursive: true, force: true });
  };

  private constructor(
    private readonly dataDir: string,
    private readonly socketDir: string,
    private readonly logger: PinoLogger,
  ) {}

  /** Path of the socket it listens on; stays the same when the server is started again. */
  get socketPath(): string {
    return join(this.socketDir, 'redis.sock');
  }

  /** Starts the server. It may not answer yet: connections to the socket are refused until it does. */
  static async start(serviceDataDir: string, logger: PinoLogger): Promise<EmbeddedRedis> {
    const dataDir = join(serviceDataDir, 'redis');
    await prepareDataDirectory(dataDir);
    // Not in DATA_DIR: the path of a socket may have no more than 107 bytes.
    const socketDir = await mkdtemp(join(tmpdir(), SOCKET_DIR_PREFIX));
    const redis = new EmbeddedRedis(dataDir, socketDir, logger);
    process.once('exit', redis.leave);
    await wakePredecessor(dataDir);
    redis.launch();
    return redis;
  }

  /** Rejects when the server ends before it is supervised, with a StartupError that says why; never resolves. */
  failure(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.process?.once('error', (error) => {
        reject(new StartupError(`Redis cannot be started: ${error.message}`));
      });
      this.process?.once('exit', (code) => {
        reject(new StartupError(this.describeExit(code)));
      });
    });
  }

  /** From now on the server, which must have answered, is started again when it dies. */
  async supervise(): Promise<void> {
    this.supervised = true;
    await this.removePredecessorsSocket().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'The folder of an earlier socket could not be removed');
    });
  }

  /** Lets the server write its data and end. */
  async stop(): Promise<void> {
    this.supervised = false;
    const running = this.process;
    if (running?.exitCode === null && running.signalCode === null) {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      // One that stands still (SIGSTOP) hears nothing until it is continued.
      running.kill('SIGCONT');
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      running.kill('SIGKILL');
    }
    process.off('exit', this.leave);
    await rm(this.socketDir, { recursive: true, force: true });
  }

  /** A service that is killed leaves its socket. The server answers, so the lock of the data is ours, and whoever had it is gone. */
  private async removePredecessorsSocket(): Promise<void> {
    const note = join(this.dataDir, 'socket-folder');
    const current = basename(this.socketDir);
    const earlier = await readFile(note, 'utf8').catch(() => current);
    if (earlier !== current && earlier.startsWith(SOCKET_DIR_PREFIX)) {
      await rm(join(tmpdir(), basename(earlier)), { recursive: true, force: true });
    }
    await writeFile(note, current);
  }

  private launch(): void {
    const { file, args } = redisServerCommand(this.dataDir, this.socketPath);
    // `detached` keeps a Ctrl-C in the terminal from Redis, which the service stops itself, last.
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.process = child;
    this.startedAtMs = Date.now();
    this.recentOutput = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.keepOutput(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.keepOutput(chunk);
    });
    child.once('error', (error) => {
      this.logger.error({ err: error }, 'Redis cannot be started');
    });
    child.once('exit', (code, signal) => {
      this.handleExit(code, signal);
    });
  }

  private handleExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (!this.supervised) return;
    this.restarts = Date.now() - this.startedAtMs > STABLE_AFTER_MS ? 0 : this.restarts + 1;
    const delayMs = this.restarts === 0 ? 0 : Math.min(50 * 2 ** this.restarts, MAX_RESTART_DELAY_MS);
    this.logger.error({ code, signal, delayMs, output: this.recentOutput }, 'Redis died; starting it again');
    setTimeout(() => {
      if (this.supervised) this.launch();
    }, delayMs);
  }

  private describeExit(code: number | null): string {
    if (code === EXIT_DATA_DIR_IN_USE) {
      return 'Another service uses DATA_DIR: stop it, or give this one a DATA_DIR of its own';
    }
    if (code === EXIT_PROGRAM_MISSING) {
      return 'redis-server is not installed: install it (apt-get install redis-server), or set REDIS_URL';
    }
    const output = this.recentOutput.trim().replaceAll(this.dataDir, 'DATA_DIR/redis');
    return `Redis ended at once with code ${code ?? 'none'}: ${output}`;
  }

  private keepOutput(chunk: Buffer): void {
    this.recentOutput = (this.recentOutput + chunk.toString()).slice(-KEPT_OUTPUT_LENGTH);
  }
}
