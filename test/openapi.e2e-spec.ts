import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenAPIObject } from '@nestjs/swagger';
import { DescribedApi } from './support/described-api';
import { goOn, untilWaiting, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { ENDPOINT, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const KEY = 'a-key-for-all-of-the-instances';
const MAX_BODY_BYTES = 10_000;
const NO_JOB = '00000000-0000-4000-8000-000000000000';
const JOB = '/v1/jobs/{jobId}';
/** Whose pages may read answers. */
const ORIGIN = 'https://app.example.com';
/** More than any test asks for, so that all answers tell of it. */
const RATE_LIMIT_PER_MINUTE = '10000';
const FORMS = ['application/json', 'application/problem+json'];

/** A request: of which route, and what is different from a usual one. */
interface Ask {
  readonly method: string;
  readonly route: string;
  readonly jobId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The key of that name, in these tests. */
const keyOf = (name: string): string => `the-key-of-${name}`;

async function describedBy(service: Service): Promise<DescribedApi> {
  return new DescribedApi((await (await fetch(`${service.origin}/docs-json`)).json()) as OpenAPIObject);
}

/** Asks, and expects the answer to have that status and to be as it is described. Returns its body. */
async function expectAsDescribed(service: Service, status: number, ask: Ask, operation = ask.method): Promise<unknown> {
  const { method, route, jobId = NO_JOB, headers, body = null } = ask;
  const url = service.origin + route.replace('{jobId}', jobId);
  const response = await fetch(url, { method, headers: { 'x-api-key': KEY, origin: ORIGIN, ...headers }, body });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const seen = {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
  const api = await describedBy(service);
  expect([seen.status, api.deviations(operation, route, seen)]).toEqual([status, []]);
  return seen.body;
}

const run = (code: string, more: object = {}, headers: Record<string, string> = {}): Ask => ({
  method: 'POST',
  route: ENDPOINT,
  headers,
  body: JSON.stringify({ code, ...more }),
});

async function accept(service: Service, code: string, more: object = {}): Promise<string> {
  const ask = run(code, more, { prefer: 'respond-async' });
  return ((await expectAsDescribed(service, 202, ask)) as { job_id: string }).job_id;
}

describe('the answers of a service that runs programs', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      API_KEYS: `team:${KEY}`,
      CORS_ALLOWED_ORIGINS: ORIGIN,
      RATE_LIMIT_PER_MINUTE,
      WORKER_CONCURRENCY: '1',
      MAX_BODY_BYTES: `${MAX_BODY_BYTES}`,
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it.each<[number, string, Ask]>([
    [200, 'a program that ends well', run('return [2 ** 100, None, {"a": 1.5}]', { id: 'mine' })],
    [202, 'a program that is not waited for', run('1', {}, { prefer: 'respond-async' })],
    [200, 'what programs find', { method: 'GET', route: '/v1/runtime' }],
    [200, 'life', { method: 'GET', route: '/health/live' }],
    [200, 'readiness', { method: 'GET', route: '/health/ready' }],
    [200, 'the description', { method: 'GET', route: '/docs-json' }],
  ])('are as they are described: %i, %s', async (status, _what, ask) => {
    await expectAsDescribed(service, status, ask);
  });

  it.each<[number, string, Ask]>([
    [400, 'a program that raises', run('print(1)\n1 / 0')],
    [400, 'a program that exits', run('import sys; sys.exit("why")')],
    [400, 'a body that is not valid', run('1', { timeout: '5', 'a/b': null })],
    [400, 'no body', { method: 'POST', route: ENDPOINT }],
    [400, 'a header that is not valid', run('1', {}, { 'idempotency-key': 'a"b' })],
    [401, 'no known key', { ...run('1'), headers: { 'x-api-key': 'wrong' } }],
    [401, 'no known key for a job', { method: 'GET', route: JOB, headers: { 'x-api-key': 'wrong' } }],
    [404, 'no job to describe', { method: 'GET', route: JOB }],
    [404, 'no job to cancel', { method: 'DELETE', route: JOB }],
    [404, 'no job to follow', { method: 'GET', route: `${JOB}/events` }],
    [404, 'no job to deliver', { method: 'POST', route: `${JOB}/webhook/redeliver` }],
    [408, 'a program without end', run('while True: pass', { timeout: 1 })],
    [413, 'a body without end', run('#'.repeat(MAX_BODY_BYTES))],
  ])('are as they are described in both forms: %i, %s', async (status, _what, ask) => {
    for (const form of FORMS)
      await expectAsDescribed(service, status, { ...ask, headers: { accept: form, ...ask.headers } });
  });

  it.each(FORMS)('are as they are described where another method is asked for: %s', async (form) => {
    await expectAsDescribed(service, 405, { method: 'PUT', route: ENDPOINT, headers: { accept: form } }, 'POST');
    await expectAsDescribed(service, 405, { method: 'PUT', route: JOB, headers: { accept: form } }, 'DELETE');
    await expectAsDescribed(service, 405, { method: 'POST', route: '/health/live', headers: { accept: form } }, 'GET');
  });

  it('are as they are described over the life of a job', async () => {
    const jobId = await accept(service, 'import time; print("so far", flush=True); time.sleep(60)', {
      webhook_url: 'http://receiver.invalid/',
    });
    const redeliver: Ask = { method: 'POST', route: `${JOB}/webhook/redeliver`, jobId };
    await expectAsDescribed(service, 200, { method: 'GET', route: JOB, jobId });
    await expectAsDescribed(service, 409, redeliver);
    await expectAsDescribed(service, 200, { method: 'DELETE', route: JOB, jobId });
    await expectAsDescribed(service, 200, { method: 'GET', route: JOB, jobId });
    await expectAsDescribed(service, 200, { method: 'GET', route: `${JOB}/events`, jobId });
    const headers = { 'last-event-id': 'done' };
    await expectAsDescribed(service, 204, { method: 'GET', route: `${JOB}/events`, jobId, headers });
    await expectAsDescribed(service, 202, redeliver);
  });

  it('are as they are described of a job that has ended', async () => {
    const { job_id: jobId } = (await expectAsDescribed(service, 200, run('1'))) as { job_id: string };
    for (const accepted of FORMS) {
      const headers = { accept: accepted };
      await expectAsDescribed(service, 409, { method: 'DELETE', route: JOB, jobId, headers });
      await expectAsDescribed(service, 409, { method: 'POST', route: `${JOB}/webhook/redeliver`, jobId, headers });
    }
  });

  it('are as they are described of requests that are repeated', async () => {
    const once = { 'idempotency-key': 'the-same' };
    const code = waitingProgram('first');
    const first = expectAsDescribed(service, 200, run(code, {}, once));
    await untilWaiting(service, 'first');
    await expectAsDescribed(service, 409, run(code, {}, once));
    await expectAsDescribed(service, 422, run('another', {}, once));
    await goOn(service, 'first');
    await first;
    await expectAsDescribed(service, 200, run(code, {}, once));
  });
});

describe('the answers of a service that cannot run programs now', () => {
  it.each(FORMS)('are as they are described: %s', async (form) => {
    const headers = { accept: form };
    const redis = await PrivateRedis.start();
    await using service = await Service.start({
      ...{ REDIS_URL: redis.url, ROLE: 'api', API_KEYS: `team:${KEY}`, MAX_QUEUE_LENGTH: '1' },
      RATE_LIMIT_PER_MINUTE,
    });
    await expectAsDescribed(service, 503, { method: 'GET', route: '/v1/runtime', headers });
    await accept(service, '1');
    await expectAsDescribed(service, 429, run('1', {}, headers));
    await redis[Symbol.asyncDispose]();
    await expectAsDescribed(service, 503, run('1', {}, headers));
    await expectAsDescribed(service, 503, { method: 'GET', route: JOB, headers });
    await expectAsDescribed(service, 503, { method: 'GET', route: '/health/ready', headers });
  });
});

describe('the answers to those who may not do all', () => {
  it.each(FORMS)('are as they are described: %s', async (form) => {
    await using redis = await PrivateRedis.start();
    using directory = new TemporaryDirectory();
    const keysFile = join(directory.path, 'keys.json');
    const bounded = [
      { name: 'waits', allowAsync: false, maxTimeoutSeconds: 5, rateLimitPerMinute: 100 },
      { name: 'once-a-minute', rateLimitPerMinute: 1 },
      { name: 'one-at-a-time', maxQueued: 1 },
    ];
    writeFileSync(keysFile, JSON.stringify({ keys: bounded.map((terms) => ({ ...terms, key: keyOf(terms.name) })) }));
    await using service = await Service.start({
      ...{ REDIS_URL: redis.url, ROLE: 'api', API_KEYS: `team:${KEY}`, API_KEYS_FILE: keysFile, METRICS_TOKEN: KEY },
    });
    const as = (name: string): Record<string, string> => ({ accept: form, 'x-api-key': keyOf(name) });
    const notWaiting = { prefer: 'respond-async' };

    await expectAsDescribed(service, 403, run('1', {}, { ...as('waits'), ...notWaiting }));
    await expectAsDescribed(service, 400, run('1', { timeout: 6 }, as('waits')));
    await expectAsDescribed(service, 202, run('1', {}, { ...as('once-a-minute'), ...notWaiting }));
    await expectAsDescribed(service, 429, run('1', {}, as('once-a-minute')));
    await expectAsDescribed(service, 202, run('1', {}, { ...as('one-at-a-time'), ...notWaiting }));
    await expectAsDescribed(service, 429, run('1', {}, as('one-at-a-time')));
    for (let guess = 0; guess < 60; guess++) await service.call({}, { headers: as('nobody') });
    await expectAsDescribed(service, 429, { method: 'GET', route: JOB, headers: as('nobody') });

    const metrics: Ask = { method: 'GET', route: '/metrics' };
    await expectAsDescribed(service, 401, { ...metrics, headers: { accept: form } });
    await expectAsDescribed(service, 200, { ...metrics, headers: { authorization: `Bearer ${KEY}` } });
  });
});

describe('GET /docs', () => {
  it('is a page whose parts are all served from here, its scripts from files, and nothing else is there', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const get = async (path: string): Promise<Response> => fetch(`${service.origin}${path}`, { redirect: 'error' });
    for (const path of ['/docs', '/docs/']) {
      const page = await (await get(path)).text();
      const parts = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, part = '']) => part);
      expect(parts).toHaveLength(6);
      expect(page).not.toMatch(/<script(?! src)|\son\w+=/);
      for (const part of parts) {
        const { pathname, origin } = new URL(part, service.origin + path);
        expect([origin, (await get(pathname)).status]).toEqual([service.origin, 200]);
      }
    }
    for (const path of ['/docs/package.json', '/docs/index.html', '/docs/swagger-ui-bundle.js.map', '/docs-json/']) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await service.call(undefined, { path: '/docs' })).headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('GET /docs-json', () => {
  it('is sent again only when it has changed, and only where programs are accepted', async () => {
    await using redis = await PrivateRedis.start();
    const shared = { REDIS_URL: redis.url, API_KEYS: `team:${KEY}`, WORKER_CONCURRENCY: '1' };
    await using api = await Service.start({ ...shared, ROLE: 'api' });
    const first = await fetch(`${api.origin}/docs-json`);
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${api.origin}/docs-json`, {
      // Node's fetch would ask for no copy at all.
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect([first.status, second.status, await second.text()]).toEqual([200, 304, '']);
    const seen = { status: 304, headers: second.headers, body: '' };
    expect((await describedBy(api)).deviations('GET', '/docs-json', seen)).toEqual([]);
    await using worker = await Service.start({ ...shared, ROLE: 'worker' });
    for (const path of ['/docs-json', '/docs', '/docs/', '/docs/swagger-ui.css']) {
      expect((await fetch(worker.origin + path)).status).toBe(404);
    }
  });
});
