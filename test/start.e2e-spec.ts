import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { FailedStart, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const shell = async (command: string): Promise<string> => (await promisify(execFile)('bash', ['-c', command])).stdout;

function curlLine(service: Service): string {
  return /^ {2}(curl .*)$/m.exec(service.output)?.[1] ?? '';
}

async function failToStart(environment: Record<string, string>): Promise<FailedStart> {
  const error: unknown = await Service.start(environment).catch((reason: unknown) => reason);
  if (error instanceof FailedStart) return error;
  throw new Error('The service has started');
}

describe('the start', () => {
  it('makes a key, shows it once, and prints a line to paste that works, then and later', async () => {
    using directory = new TemporaryDirectory();
    const environment = { DATA_DIR: directory.path, WORKER_CONCURRENCY: '1' };
    const first = await Service.start(environment);
    const key = first.apiKey;
    expect(first.output.split(key)).toHaveLength(3);
    expect(JSON.parse(await shell(curlLine(first)))).toMatchObject({ code: 200, response: { stdout: 'Hello\n' } });
    await first.stop();
    await using second = await Service.start(environment);
    expect(second.apiKey).toBe(key);
    expect(second.output).not.toContain(key);
    expect(JSON.parse(await shell(curlLine(second)))).toMatchObject({ code: 200 });
    expect(statSync(`${directory.path}/api-key`).mode & 0o777).toBe(0o600);
  });

  it('makes no key where some are given, as they are or as digests', async () => {
    const [plain, digested] = ['the-first-of-the-keys', 'the-second-of-the-keys'];
    const digest = hash('sha256', digested);
    await using service = await Service.start({
      API_KEYS: `plain:${plain},digested:sha256=${digest}`,
      WORKER_CONCURRENCY: '1',
    });
    for (const key of [plain, digested]) {
      expect((await service.call({ code: '1' }, { headers: { 'x-api-key': key } })).status).toBe(200);
    }
    expect((await service.call({ code: '1' }, { headers: { 'x-api-key': digest } })).status).toBe(401);
    expect(() => service.apiKey).toThrow();
  });

  it('is refused by a bad setting, which is named but not repeated', async () => {
    const { exitCode, stderr } = await failToStart({ API_KEYS: 'ci:hunter2', PORT: '80a' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^PORT must be a whole number from 0 to 65535$/m);
    expect(stderr).toMatch(/^API_KEYS must be /m);
    expect(stderr).not.toMatch(/hunter2|80a|^\s+at /m);
  });

  it.each([
    ['HOST', 'secret.invalid', /^HOST and PORT cannot be listened on \(\w+\)/m],
    ['HOST', '203.0.113.77', /^HOST and PORT cannot be listened on \(EADDRNOTAVAIL\)/m],
    ['REDIS_URL', 'redis://:secret@127.0.0.1:1/0', /^The Redis at REDIS_URL cannot be used \(ECONNREFUSED\)/m],
    ['DATA_DIR', '/dev/null', /^DATA_DIR cannot be used \(ENOTDIR\)/m],
    ['DATA_DIR', '/proc/secret', /^DATA_DIR cannot be used \(ENOENT\)/m],
  ])(
    'is refused by a %s that cannot be used, which is not repeated: %s',
    async (name, value, reason) => {
      using directory = new TemporaryDirectory();
      const base = { DATA_DIR: directory.path, ROLE: 'api' };
      const { exitCode, stdout, stderr } = await failToStart({ ...base, [name]: value });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(reason);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stdout + stderr).not.toMatch(/secret|203\.0\.113|127\.0\.0\.1|\/dev\/null/);
      expect(stdout).not.toContain('"level":50');
    },
    40_000,
  );

  it('is refused by a data directory that another service uses', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const { exitCode, stderr } = await failToStart({ DATA_DIR: service.dataDir, WORKER_CONCURRENCY: '1' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Another service uses DATA_DIR');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is refused by a port that is taken', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const { stderr } = await failToStart({ PORT: new URL(service.origin).port, WORKER_CONCURRENCY: '1' });
    expect(stderr).toMatch(/EADDRINUSE/);
  });
});
