import { appRoutes } from '@bull-board/api/dist/routes.js';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { type Answer, Service } from './support/service';

const PASSWORD = 'the-operators-password';
const SECRET_PROGRAM = 'SECRET_PROGRAM = 1';
const SECRET_PLACE = 'https://receiver.example/SECRET-PLACE';
const NOT_FOUND = '{"error":"Not found","stdout":"","exit_code":404}';
const WRONG_METHOD = '{"error":"Method not allowed","stdout":"","exit_code":405}';
const UNAVAILABLE = '{"error":"The queue is not available","stdout":"","exit_code":503}';

type Page = Pick<Answer, 'status' | 'headers' | 'text'>;

let redis: PrivateRedis;
/** Accepts jobs that nobody runs, so that they can be looked at. */
let service: Service;
let jobId: string;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  service = await Service.start({ REDIS_URL: redis.url, ROLE: 'api', ADMIN_PASSWORD: PASSWORD });
  const body = { code: SECRET_PROGRAM, webhook_url: SECRET_PLACE };
  const { json } = await service.call(body, { headers: { prefer: 'respond-async' } });
  jobId = json.job_id;
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

async function open(of: Service, path: string, password: string | null = PASSWORD, method = 'GET'): Promise<Page> {
  const headers = { authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` };
  const response = await fetch(of.origin + path, { method, headers: password === null ? {} : headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The paths of all that the pages can ask for, or have done, for the job. */
function apiPaths(isRead: boolean): { path: string; method: string }[] {
  return appRoutes.api
    .flatMap(({ route, method }) => [route].flat().flatMap((each) => [method].flat().map((one) => ({ each, one }))))
    .filter(({ one }) => (one === 'get') === isRead)
    .map(({ each, one }) => {
      const path = each.replace(':queueName', 'execution').replace(':jobId', jobId).replace(/:\w+/, 'waiting');
      const query = path === '/api/queues' ? '?activeQueue=execution&status=waiting&page=1' : '';
      return { path: `/admin/queues${path}${query}`, method: one.toUpperCase() };
    });
}

describe('the pages of the queues', () => {
  it('show both queues to whoever has the password', async () => {
    const page = await open(service, '/admin/queues');
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<div id="root">') as string });
    const { text } = await open(service, '/admin/queues/api/queues');
    expect(JSON.parse(text)).toMatchObject({
      queues: [{ name: 'execution', counts: { waiting: 1 } }, { name: 'webhook' }],
    });
  });

  it('have all that they name themselves, as their policy wants it', async () => {
    const { text, headers } = await open(service, '/admin/queues/queue/execution');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    // A block of data is no script.
    expect(text.match(/<script[^>]*>/g)?.every((tag) => / src="static\/|type="application\/json"/.test(tag))).toBe(
      true,
    );
    const parts = [...text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) {
      const { status } = await open(service, `/admin/queues/${part}`);
      expect([part, status]).toEqual([part, 200]);
    }
  });

  it.each(['', '/', '/queue/execution', '/api/queues', '/api/redis/stats', '/static/favicon.ico', '/nothing'])(
    'ask for the password: /admin/queues%s',
    async (path) => {
      for (const password of [null, 'wrong']) {
        const { status, headers, text } = await open(service, `/admin/queues${path}`, password);
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe('Basic realm="queues", charset="UTF-8"');
        expect(text).toBe('{"error":"Unauthorized","stdout":"","exit_code":401}');
      }
    },
  );

  it('say nothing of programs and where webhooks go', async () => {
    const paths = apiPaths(true);
    expect(paths.length).toBeGreaterThan(8);
    let isJobTold = false;
    for (const { path } of paths) {
      const { text, headers } = await open(service, path);
      isJobTold ||= text.includes(jobId);
      expect([path, text]).not.toEqual([path, expect.stringMatching(/SECRET|receiver\.example/)]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(isJobTold).toBe(true);
  });

  it('change nothing', async () => {
    const paths = apiPaths(false);
    expect(paths.length).toBeGreaterThan(15);
    for (const { path, method } of paths) {
      const { status, text, headers } = await open(service, path, PASSWORD, method);
      expect([path, status, text]).toEqual([path, 405, WRONG_METHOD]);
      expect(headers.get('allow')).toBe('GET, HEAD');
    }
    const { queues } = JSON.parse((await open(service, '/admin/queues/api/queues')).text);
    expect(queues[0]).toMatchObject({ isPaused: false, readOnlyMode: true, counts: { waiting: 1 } });
  });

  it('answer what they cannot do as the rest of the service does', async () => {
    expect(await open(service, '/admin/queues/nothing')).toMatchObject({ status: 404, text: NOT_FOUND });
    expect(await open(service, '/admin/queues/api/queues?activeQueue=%25')).toMatchObject({ status: 400 });
    expect(await open(service, '/admin/queues/queue/%')).toMatchObject({ status: 400 });
    expect(service.output).not.toContain('"level":50');
  });

  it('do not show what made them', async () => {
    for (const path of ['', '/nothing', '/api/queues', '/static/favicon.ico']) {
      const { headers } = await open(service, `/admin/queues${path}`);
      expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
    }
  });

  it('wait for a Redis that is away no longer than calls do', async () => {
    await redis.takeAway();
    const { status, text } = await open(service, '/admin/queues/api/queues');
    expect([status, text]).toEqual([503, UNAVAILABLE]);
    expect((await open(service, '/admin/queues')).status).toBe(200);
    await redis.bringBack();
    await eventually('the queues are shown again', async () => {
      return (await open(service, '/admin/queues/api/queues')).status === 200;
    });
  });

  it('give up on a Redis that hangs', async () => {
    await redis.freeze();
    const { status, text } = await open(service, '/admin/queues/api/queues');
    redis.thaw();
    expect([status, text]).toEqual([503, UNAVAILABLE]);
  });

  it('show what jobs are about where the operator wants it', async () => {
    await using showing = await Service.start({
      REDIS_URL: redis.url,
      ROLE: 'api',
      ADMIN_PASSWORD: PASSWORD,
      ADMIN_SHOW_JOB_DATA: 'true',
    });
    const { text } = await open(showing, `/admin/queues/api/queues/execution/${jobId}`);
    expect(text).toContain(SECRET_PROGRAM);
    expect(text).toContain(SECRET_PLACE);
  });

  it('let nobody guess for long', async () => {
    await using other = await Service.start({ REDIS_URL: redis.url, ROLE: 'api', ADMIN_PASSWORD: PASSWORD });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await open(other, '/admin/queues', 'x')).status),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    const { status, headers } = await open(other, '/admin/queues');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a service without such pages', () => {
  it.each([
    ['has no password for them', { ROLE: 'api' }],
    ['accepts no jobs', { ROLE: 'worker', ADMIN_PASSWORD: 'short', WORKER_CONCURRENCY: '1' }],
  ])('%s', async (_why, environment) => {
    await using server = await PrivateRedis.start();
    await using other = await Service.start({ REDIS_URL: server.url, ...environment });
    for (const path of ['/admin/queues', '/admin/queues/api/queues', '/admin']) {
      expect(await open(other, path, 'short')).toMatchObject({ status: 404, text: NOT_FOUND });
    }
    const warnings = other.output.match(/ADMIN_PASSWORD is short enough to be guessed/g) ?? [];
    expect(warnings).toHaveLength('ADMIN_PASSWORD' in environment ? 1 : 0);
  });
});
