import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Answer, type CallOptions, ENDPOINT } from '../support/service';

const ROOT = resolve(__dirname, '../..');
const run = promisify(execFile);
/** A service of the composition in docker-compose.yml. */
type Part = 'api' | 'worker' | 'redis';

/** What has come of a command: a failed one is an answer as well. */
interface Ended {
  readonly exitCode: number;
  /** Stdout and stderr. */
  readonly output: string;
}

async function command(words: readonly string[], timeoutMs = 120_000): Promise<Ended> {
  const [file, ...rest] = words;
  try {
    const { stdout, stderr } = await run(file ?? '', rest, { cwd: ROOT, timeout: timeoutMs });
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout: string; stderr: string };
    return { exitCode: typeof code === 'number' ? code : -1, output: stdout + stderr };
  }
}

/** `docker …`; the commands' names are those that scripts/verify-container.sh found. */
export async function docker(...words: string[]): Promise<Ended> {
  return command([process.env.DOCKER ?? 'docker', ...words]);
}

/** `docker compose …` with the composition that scripts/verify-container.sh has started. */
export async function compose(...words: string[]): Promise<Ended> {
  return command([...(process.env.COMPOSE ?? 'docker compose').split(' '), ...words]);
}

/** The output of a command in the (first) container of a part. @throws Error when it fails */
export async function within(part: Part, ...words: string[]): Promise<string> {
  const { exitCode, output } = await compose('exec', '-T', part, ...words);
  if (exitCode !== 0) throw new Error(`${words.join(' ')} in ${part} ended with ${exitCode}: ${output}`);
  return output.trim();
}

/** What a small Node program writes to stdout in a part's container. */
export async function evaluate(part: Part, program: string): Promise<string> {
  return within(part, 'node', '-e', program);
}

/** The ids of a part's running containers. */
export async function containersOf(part: Part): Promise<string[]> {
  return (await compose('ps', '--quiet', part)).output.split('\n').filter((line) => /^[0-9a-f]{12,}$/.test(line));
}

/** The composition's api as its callers see it. */
export class Composition {
  readonly origin = `http://127.0.0.1:${process.env.PORT ?? '8080'}`;

  private constructor(readonly apiKey: string) {}

  static async find(): Promise<Composition> {
    return new Composition(await within('api', 'cat', '/data/api-key'));
  }

  async call(body?: unknown, { path = ENDPOINT, method = 'POST', headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(this.origin + path, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': this.apiKey, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
  }

  async run(code: string): Promise<Answer> {
    return this.call({ code });
  }

  async get(path: string): Promise<Answer> {
    return this.call(undefined, { path, method: 'GET' });
  }
}
