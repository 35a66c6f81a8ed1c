import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { eventually } from './eventually';
import { TemporaryDirectory } from './temporary-directory';

const START_TIMEOUT_MS = 20_000;

/** One series of an answer, as `/api/v1/query` gives it. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** When, in seconds, and how much. */
  readonly value: readonly [number, string];
}

/** Debian's Prometheus, which keeps what it learns in a directory of its own. */
export class Prometheus implements AsyncDisposable {
  private stderr = '';

  private constructor(
    private readonly directory: TemporaryDirectory,
    private readonly process: ChildProcessByStdio<null, null, Readable>,
    private readonly origin: string,
  ) {
    process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Scrapes one service, as the job `pyexec`. @param token what `METRICS_TOKEN` says; null: none is sent */
  static async start(target: string, token: string | null): Promise<Prometheus> {
    const job = {
      ...{ job_name: 'pyexec', scrape_interval: '1s', static_configs: [{ targets: [new URL(target).host] }] },
      ...(token === null ? {} : { authorization: { credentials: token } }),
    };
    // YAML takes JSON as it is.
    return Prometheus.configured(JSON.stringify({ scrape_configs: [job] }));
  }

  /** Does what its configuration says. @param files what lies beside it: names and texts */
  static async configured(configuration: string, files: Readonly<Record<string, string>> = {}): Promise<Prometheus> {
    const directory = new TemporaryDirectory();
    for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': configuration })) {
      writeFileSync(join(directory.path, name), text);
    }
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(directory.path, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory.path, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const prometheus = new Prometheus(directory, child, `http://${address}`);
    await eventually(
      'Prometheus is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended: ${prometheus.stderr}`);
        return (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok === true;
      },
      START_TIMEOUT_MS,
    );
    return prometheus;
  }

  /** What an expression comes to now. */
  async query(expression: string): Promise<Sample[]> {
    return (await this.ask<{ result: Sample[] }>('query', { query: expression })).result;
  }

  /** What a path of its API (`/api/v1/…`) answers. Throws when it refuses, as it does a query with a fault. */
  async ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.origin}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${error}: ${JSON.stringify(parameters)}`);
    return data;
  }

  /** Waits until an expression comes to a number, and to no other series. */
  async untilIs(expression: string, expected: number): Promise<void> {
    await eventually(
      `${expression} is ${expected}`,
      async () => {
        const result = await this.query(expression);
        return result.length === 1 && Number(result[0]?.value[1]) === expected;
      },
      20_000,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    this.directory[Symbol.dispose]();
  }
}

/** What Prometheus' own tool has to say against a scrape: nothing, if all is well. */
export function faultsOf(metrics: string): string {
  try {
    execFileSync('promtool', ['check', 'metrics'], { input: metrics, stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    return `${stdout.toString()}${stderr.toString()}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
