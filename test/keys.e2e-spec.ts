import { readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { eventually } from './support/eventually';
import { runKeys } from './support/key-command';
import { PrivateRedis } from './support/private-redis';
import { type Answer, FailedStart, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { WebhookInbox } from './support/webhook-inbox';

const DEFAULT_KEY = 'a-key-that-is-set-for-all-time';
const RATE_HEADERS = ['ratelimit-policy', 'ratelimit', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];

async function callWith(service: Service, key: string, body: unknown, headers: object = {}): Promise<Answer> {
  return service.call(body, { headers: { 'x-api-key': key, ...headers } });
}

async function statusOf(service: Service, key: string): Promise<number> {
  const headers = { 'x-api-key': key };
  return (await service.call(undefined, { path: '/v1/jobs/none', method: 'GET', headers })).status;
}

/** Waits until a key is known to a service (its job is not found then) or is not. */
async function untilStatus(service: Service, key: string, status: 401 | 404): Promise<void> {
  await eventually(`a key gets ${status}`, async () => (await statusOf(service, key)) === status);
}

/** The file that a service reads, as its operator would change it. */
function filing(path: string, ...entries: object[]): void {
  writeFileSync(`${path}.new`, JSON.stringify({ keys: entries }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

describe('a file of keys', () => {
  const directory = new TemporaryDirectory();
  const file = join(directory.path, 'keys.json');
  let service: Service;

  beforeAll(async () => {
    filing(file, { name: 'first', key: 'the-first-of-the-keys' });
    service = await Service.start({
      API_KEYS: `fixed:${DEFAULT_KEY}`,
      API_KEYS_FILE: file,
      WORKER_CONCURRENCY: '1',
      PYTHON_PRELOAD: '',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  it('lets its keys in beside those of API_KEYS', async () => {
    expect((await callWith(service, 'the-first-of-the-keys', { code: 'return 1' })).status).toBe(200);
    expect((await callWith(service, DEFAULT_KEY, { code: 'return 1' })).status).toBe(200);
    expect(readdirSync(service.dataDir)).not.toContain('api-key');
  });

  it('is taken up when it changes, and what runs goes on', async () => {
    const running = callWith(service, 'the-first-of-the-keys', { code: 'import time; time.sleep(3)\nreturn "done"' });
    filing(file, { name: 'second', key: 'the-second-of-the-keys' });
    await untilStatus(service, 'the-second-of-the-keys', 404);
    expect(await statusOf(service, 'the-first-of-the-keys')).toBe(401);
    expect((await running).json.response.result).toBe('done');
  });

  it('changes nothing while it is of no use, and tells the log once which rule it breaks', async () => {
    filing(file, { name: 'second', key: 'the-second-of-the-keys' });
    await untilStatus(service, 'the-second-of-the-keys', 404);
    const before = service.output.length;
    const errors = (): string[] =>
      service.output
        .slice(before)
        .split('\n')
        .filter((line) => line.includes('"level":50'));
    writeFileSync(file, '{"keys":[{"name":"second","key":"hunter2"}]}');
    await eventually('the log says so', () => errors().length > 0);
    expect(errors()[0]).toContain('API_KEYS_FILE: keys[0].key must be at least 16 visible ASCII characters');
    expect(await statusOf(service, 'the-second-of-the-keys')).toBe(404);
    rmSync(file);
    await eventually('the log says that too', () => errors().length > 1);
    expect(errors()[1]).toContain('API_KEYS_FILE cannot be read (ENOENT)');
    expect(await statusOf(service, 'the-second-of-the-keys')).toBe(404);
    filing(file, { name: 'third', key: 'the-third-of-the-keys' });
    await untilStatus(service, 'the-third-of-the-keys', 404);
    expect(errors()).toHaveLength(2);
    expect(service.output).not.toMatch(/hunter2|the-\w+-of-the-keys/);
  });

  it('holds each key to its own limits', async () => {
    filing(file, { name: 'short', key: 'the-short-one-of-the-keys', maxTimeoutSeconds: 2, allowAsync: false });
    await untilStatus(service, 'the-short-one-of-the-keys', 404);
    const call = async (body: object, headers: object = {}): Promise<Answer> =>
      callWith(service, 'the-short-one-of-the-keys', body, headers);
    const tooLong = await call({ code: '1', timeout: 3 }, { accept: 'application/problem+json' });
    expect([tooLong.status, tooLong.json.errors]).toEqual([
      400,
      [{ member: 'timeout', pointer: '#/timeout', detail: 'must be at most 2 for this key' }],
    ]);
    const unlimited = await call({ code: 'while True: pass' });
    expect([unlimited.status, unlimited.json.error]).toEqual([408, 'Execution timed out after 2 seconds']);
    const asynchronous = await call({ code: '1' }, { prefer: 'respond-async' });
    expect([asynchronous.status, asynchronous.json]).toEqual([
      403,
      { error: 'The key may not run programs asynchronously', stdout: '', exit_code: 403 },
    ]);
  });

  it("signs a key's webhooks with its own secrets, and with new ones once they are there", async () => {
    const [one, two] = [1, 2].map((filler) => `whsec_${Buffer.alloc(32, filler).toString('base64')}`) as [
      string,
      string,
    ];
    await using inbox = await WebhookInbox.open();
    for (const webhookSecret of [[one], [two, one]]) {
      const key = `the-key-with-${webhookSecret.length}-secrets`;
      filing(file, { name: 'hooked', key, webhookSecret });
      await untilStatus(service, key, 404);
      const { json } = await callWith(service, key, { code: 'return 1', webhook_url: inbox.url });
      const { body, headers } = (await inbox.has(1, json.job_id as string))[0]!;
      for (const secret of webhookSecret) {
        expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ code: 200 });
      }
      expect(headers['webhook-signature']?.toString().split(' ')).toHaveLength(webhookSecret.length);
    }
  });
});

describe('a start', () => {
  it.each([
    ['is missing', null, 'API_KEYS_FILE cannot be read (ENOENT)'],
    ['is no JSON', 'keys: []', 'API_KEYS_FILE: must be JSON'],
    [
      'has a name of API_KEYS',
      '{"keys":[{"name":"fixed","key":"hunter2-hunter2-hunter2"}]}',
      'keys[0].name must not be',
    ],
    [
      'has a bad limit',
      '{"keys":[{"name":"a","key":"hunter2-hunter2-hunter2","maxQueued":"9"}]}',
      'keys[0].maxQueued must',
    ],
  ])('is refused when the file %s', async (_what, text, complaint) => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    if (text !== null) writeFileSync(file, text);
    const environment = { ROLE: 'api', API_KEYS: `fixed:${DEFAULT_KEY}`, API_KEYS_FILE: file };
    const failure: unknown = await Service.start(environment).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FailedStart);
    expect(failure).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(complaint) as string });
    expect((failure as FailedStart).stderr).not.toContain('hunter2');
  });
});

describe('the keys command', () => {
  it('gives a second key to a service that runs with the one it has made, and takes it back', async () => {
    await using service = await Service.start({ ROLE: 'api' });
    const environment = { DATA_DIR: service.dataDir };
    const { exitCode, stdout } = await runKeys(environment, 'add', 'team-a');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^[\w-]{43}\n$/)]);
    const key = stdout.trim();
    await untilStatus(service, key, 404);
    expect(await statusOf(service, service.apiKey)).toBe(404);
    expect((await runKeys(environment, 'remove', 'team-a')).exitCode).toBe(0);
    await untilStatus(service, key, 401);
    expect(service.output).not.toContain(key);
  });

  it('writes digests and limits to the file of API_KEYS_FILE, shows secrets once, and lists the rest', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    const environment = { API_KEYS_FILE: file };
    const limits = ['--rate-limit', '100', '--max-queued', '0', '--max-timeout', '60', '--no-async'];
    const made = await runKeys(environment, 'add', 'team-a', ...limits, '--webhook-secret');
    await runKeys(environment, 'add', 'team-b');
    const secret = /whsec_\S+/.exec(made.stderr)?.[0];
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      keys: [
        {
          name: 'team-a',
          key: expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
          ...{
            rateLimitPerMinute: 100,
            maxQueued: 0,
            maxTimeoutSeconds: 60,
            allowAsync: false,
            webhookSecret: [secret],
          },
        },
        { name: 'team-b', key: expect.stringMatching(/^sha256=[0-9a-f]{64}$/) },
      ],
    });
    expect(made.stdout).toMatch(/^[\w-]{43}\n$/);
    expect(readFileSync(file, 'utf8')).not.toContain(made.stdout.trim());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { stdout } = await runKeys(environment, 'list');
    expect(stdout.split('\n').map((line) => line.split(/  +/))).toEqual([
      ['name', 'rate/min', 'queued', 'timeout', 'async', 'webhook secrets'],
      ['team-a', '100', '0', '60', 'no', '1'],
      ['team-b', '-', '-', '-', '-', '0'],
      [''],
    ]);
  });

  it('loses no key of two that are made at once, behind a symbolic link too', async () => {
    using directory = new TemporaryDirectory();
    const [file, link] = [join(directory.path, 'real.json'), join(directory.path, 'link.json')];
    symlinkSync('real.json', link);
    writeFileSync(file, '{"keys":[]}', { mode: 0o640 });
    const names = ['a', 'b', 'c', 'd'];
    const results = await Promise.all(names.map((name) => runKeys({ API_KEYS_FILE: link }, 'add', name)));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys: { name: string }[] };
    expect(keys.map(({ name }) => name).sort()).toEqual(names);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory.path).sort()).toEqual(['link.json', 'real.json']);
  });

  it.each([
    ['no command', [], 2, 'There is no such command'],
    ['an unknown command', ['make', 'a'], 2, 'There is no such command'],
    ['no name', ['add'], 2, 'There is no such command'],
    ['an unknown option', ['add', 'a', '--rate', '1'], 2, "'--rate'"],
    [
      'a limit that is none',
      ['add', 'a', '--rate-limit', '1k'],
      2,
      '--rate-limit must be a whole number from 0 to 1000000',
    ],
    ['too long a time', ['add', 'a', '--max-timeout', '301'], 2, '--max-timeout must be a whole number from 1 to 300'],
    ['a bad name', ['add', 'a b'], 1, 'A name is 1 to 64'],
    ['a name that is taken', ['add', 'taken'], 1, 'There is a key taken already'],
    ['a name of API_KEYS', ['add', 'fixed'], 1, 'There is a key fixed already'],
    ['a name that is not there', ['remove', 'nobody'], 1, 'There is no key nobody'],
    ['a file that is not there', ['list', '--file', '/nowhere/keys.json'], 1, '(ENOENT)'],
  ])('refuses %s and changes nothing', async (_what, options, exitCode, complaint) => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    filing(file, { name: 'taken', key: 'the-key-that-is-taken' });
    const before = readFileSync(file, 'utf8');
    const result = await runKeys({ API_KEYS: `fixed:${DEFAULT_KEY}`, API_KEYS_FILE: file }, ...options);
    expect(result).toEqual({ exitCode, stdout: '', stderr: expect.stringContaining(complaint) as string });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(directory.path)).toEqual(['keys.json']);
  });

  it('refuses a file that it cannot read as one of keys, and says which entry breaks which rule', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    filing(file, { name: 'a', key: 'hunter2' });
    const { exitCode, stderr } = await runKeys({ API_KEYS_FILE: file }, 'add', 'b');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('keys[0].key must be at least 16')]);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('a rate limit', () => {
  const directory = new TemporaryDirectory();
  const file = join(directory.path, 'keys.json');
  const keyOf = (name: string): string => `the-key-of-the-${name}`;
  let redis: PrivateRedis;
  let services: Service[];

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    const limited = ['answers', 'sharing', 'polling', 'repeating'].map((name) => ({ name, key: keyOf(name) }));
    filing(file, ...limited, { name: 'free', key: keyOf('free'), rateLimitPerMinute: 0 });
    const shared = {
      REDIS_URL: redis.url,
      API_KEYS_FILE: file,
      RATE_LIMIT_PER_MINUTE: '4',
      MAX_BODY_BYTES: '1000',
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    };
    services = [
      await Service.start({ ...shared, WORKER_CONCURRENCY: '1', PYTHON_PRELOAD: '' }),
      await Service.start({ ...shared, ROLE: 'api' }),
    ];
  });

  afterAll(async () => {
    for (const service of services) await service[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  const call = async (name: string, body: unknown, headers: object = {}, instance = 0): Promise<Answer> =>
    callWith(services[instance]!, keyOf(name), body, headers);

  it('is told in every answer, whatever becomes of the request', async () => {
    const answers = [
      await call('answers', { code: 'return 1' }),
      await call('answers', { code: 'return 1' }, { prefer: 'respond-async' }),
      await call('answers', 'no JSON'),
      await call('answers', 'x'.repeat(2_000)),
      await call('answers', { code: 'return 1' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 202, 400, 413, 429]);
    for (const [index, { headers }] of answers.entries()) {
      const remaining = Math.max(0, 3 - index);
      const reset = headers.get('ratelimit-reset');
      expect(RATE_HEADERS.map((name) => headers.get(name))).toEqual([
        '"default";q=4;w=60',
        `"default";r=${remaining};t=${reset}`,
        '4',
        `${remaining}`,
        expect.stringMatching(/^([1-9]|[1-5]\d|60)$/),
      ]);
    }
    const { json, headers } = answers[4]!;
    expect(json).toEqual({ error: 'The key is over its rate', stdout: '', exit_code: 429 });
    expect(headers.get('retry-after')).toBe(headers.get('ratelimit-reset'));
  });

  it('counts over all instances', async () => {
    const statuses = [];
    for (let count = 0; count < 6; count++) statuses.push((await call('sharing', { code: '1' }, {}, count % 2)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('counts programs and not questions about them', async () => {
    const { json } = await call('polling', { code: 'return 1' }, { prefer: 'respond-async' });
    const headers = { 'x-api-key': keyOf('polling') };
    for (let count = 0; count < 10; count++) {
      const asked = await services[1]!.call(undefined, { path: `/v1/jobs/${json.job_id}`, method: 'GET', headers });
      expect([asked.status, asked.headers.get('ratelimit')]).toEqual([200, null]);
    }
    expect((await call('polling', { code: '1' })).headers.get('ratelimit-remaining')).toBe('2');
  });

  it('counts a repeat of a request like any other', async () => {
    const repeated = { 'idempotency-key': '"one"' };
    for (const remaining of ['3', '2']) {
      const { status, headers } = await call('repeating', { code: 'return 1' }, repeated);
      expect([status, headers.get('ratelimit-remaining')]).toEqual([200, remaining]);
    }
  });

  it('comes before the size of the body, and after the key', async () => {
    const tooLarge = 'x'.repeat(2_000);
    for (let count = 0; count < 5; count++) await call('sharing', tooLarge);
    expect((await call('sharing', tooLarge)).status).toBe(429);
    expect((await callWith(services[0]!, 'unknown', tooLarge)).status).toBe(401);
  });

  it('is nothing to a key without one', async () => {
    for (let count = 0; count < 6; count++) {
      const { status, headers } = await call('free', { code: '1' });
      expect([status, ...RATE_HEADERS.map((name) => headers.get(name))]).toEqual([
        200,
        ...RATE_HEADERS.map(() => null),
      ]);
    }
    const { commands } = await redis.connect();
    expect(await commands.exists('{pyexec}:rate:free')).toBe(0);
  });

  it('refuses nobody while Redis is away: the queue answers', async () => {
    await redis.takeAway();
    const { status, headers } = await call('answers', { code: '1' });
    await redis.bringBack();
    expect([status, headers.get('ratelimit-policy'), headers.get('ratelimit')]).toEqual([
      503,
      '"default";q=4;w=60',
      null,
    ]);
  });
});

describe('many requests with unknown keys', () => {
  const BOUND = 60;

  it('get 429 for their address alone, and no caller with a key does', async () => {
    await using service = await Service.start({ ROLE: 'api', TRUSTED_PROXIES: '127.0.0.0/8' });
    const from = async (address: string, key: string): Promise<Answer> =>
      callWith(service, key, { code: '' }, { 'x-forwarded-for': address });
    const answers = [];
    for (let count = 0; count <= BOUND; count++) answers.push(await from('192.0.2.1', 'wrong'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(BOUND).fill(401), 429]);
    const refused = answers.at(-1)!;
    expect(refused.json).toEqual({ error: 'Too many requests without a known key', stdout: '', exit_code: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThan(61);
    expect((await from('::ffff:192.0.2.1', 'wrong')).status).toBe(429);
    expect((await from('198.51.100.9, 192.0.2.1', 'wrong')).status).toBe(429);
    expect((await from('192.0.2.2', 'wrong')).status).toBe(401);
    // One without any key is no guess.
    expect((await from('192.0.2.1', '')).status).toBe(401);
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-api-key': service.apiKey };
    expect((await service.call(undefined, { path: '/v1/jobs/none', method: 'GET', headers })).status).toBe(404);
    const told = (): string[] => service.output.split('\n').filter((line) => line.includes('without a known key'));
    await eventually('the log says so', () => told().length > 0);
    expect(told().map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 40, address: '192.0.2.1' }),
    ]);
  });

  it('cannot choose their address where no proxy is trusted', async () => {
    await using service = await Service.start({ ROLE: 'api' });
    let answer: Answer | null = null;
    for (let index = 0; index <= BOUND; index++) {
      answer = await callWith(service, 'wrong', '', { 'x-forwarded-for': `192.0.2.${index}` });
    }
    expect(answer?.status).toBe(429);
  });
});
