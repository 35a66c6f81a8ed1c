import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Readable } from 'node:stream';
import { TemporaryDirectory } from './temporary-directory';

const ROOT = resolve(__dirname, '../..');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

export const ENDPOINT = '/v1/code/execute/python';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body parsed; every body of the service is JSON. */
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface CallOptions {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a service that could not start ended. */
export class FailedStart extends Error {
  constructor(
    readonly exitCode: number | null,
    readonly stderr: string,
    readonly stdout: string,
  ) {
    super(`The service ended with code ${exitCode ?? 'none'}: ${stderr}`);
  }
}

/** The built service as a process of its own, on a free port, its data in a directory of its own. */
export class Service implements AsyncDisposable {
  private stdout = '';
  private stderr = '';
  private knownOrigin: string | undefined;
  private readonly ownDirectory: TemporaryDirectory | null;
  private readonly process: ChildProcessByStdio<null, Readable, Readable>;
  private readonly exit: Promise<number | null>;
  readonly dataDir: string;

  private constructor(environment: Readonly<Record<string, string>>, starter: readonly string[]) {
    this.ownDirectory = environment.DATA_DIR === undefined ? new TemporaryDirectory() : null;
    this.dataDir = environment.DATA_DIR ?? this.ownDirectory?.path ?? '';
    const base = { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATA_DIR: this.dataDir };
    const [command, ...rest] = [...starter, process.execPath, join(ROOT, 'dist/main.js')];
    this.process = spawn(command, rest, {
      env: { ...base, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = new Promise((ended) => this.process.once('close', ended));
  }

  /**
   * Starts a service and waits until it listens. A `starter` is a command that becomes the one that follows it.
   * @throws FailedStart when it ends instead
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    starter: readonly string[] = [],
  ): Promise<Service> {
    const service = new Service(environment, starter);
    try {
      await service.listening();
      return service;
    } catch (error) {
      await service[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** All that it has written to stdout. */
  get output(): string {
    return this.stdout;
  }

  get origin(): string {
    // It writes much more later, and is asked this often.
    this.knownOrigin ??= /^Listening on (http:\/\/\S+)$/m.exec(this.stdout)?.[1];
    return this.knownOrigin ?? '';
  }

  /** The key it has generated. */
  get apiKey(): string {
    return readFileSync(join(this.dataDir, 'api-key'), 'utf8').trim();
  }

  /** Sends a body: text and bytes as they are, anything else as JSON. */
  async call(body?: unknown, { path = ENDPOINT, method = 'POST', headers = {} }: CallOptions = {}): Promise<Answer> {
    const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const key = headers['x-api-key'] ?? this.apiKey;
    const response = await fetch(this.origin + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers, 'x-api-key': key },
      body: isRaw ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text === '' ? null : JSON.parse(text) };
  }

  /** Runs a program with the usual time. */
  async run(code: string): Promise<Answer> {
    return this.call({ code });
  }

  /** Process ids of its children of that name. */
  children(name: string): number[] {
    const ids = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return ids.map(Number).filter((id) => readFileSync(`/proc/${id}/comm`, 'utf8').trim() === name);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Resolves with its exit code when it has ended; null when a signal ended it. */
  async ended(): Promise<number | null> {
    return this.exit;
  }

  /** From now on nobody reads what it writes to stdout. */
  stopReading(): void {
    this.process.stdout.pause();
  }

  /** Resolves when it has ended, whether or not its output has been read. */
  async exited(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** Tells it to stop and waits for its end. */
  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    const kill = setTimeout(() => {
      this.signal('SIGKILL');
    }, STOP_TIMEOUT_MS);
    return this.exit.finally(() => {
      clearTimeout(kill);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.stdout.resume();
    await this.stop();
    this.ownDirectory?.[Symbol.dispose]();
  }

  private async listening(): Promise<void> {
    await new Promise<void>((ready, fail) => {
      const timer = setTimeout(() => {
        fail(new Error(`Not listening within ${START_TIMEOUT_MS} ms: ${this.stdout}${this.stderr}`));
      }, START_TIMEOUT_MS);
      const look = (): void => {
        if (this.origin === '') return;
        clearTimeout(timer);
        ready();
      };
      this.process.stdout.on('data', look);
      void this.exit.then((code) => {
        clearTimeout(timer);
        fail(new FailedStart(code, this.stderr, this.stdout));
      });
    });
  }
}
