import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually } from './support/eventually';
import { ENDPOINT, Service } from './support/service';

const APP = 'https://app.example.com';
const API_POLICY = "default-src 'none';frame-ancestors 'none'";

let service: Service;

beforeAll(async () => {
  service = await Service.start({ CORS_ALLOWED_ORIGINS: `${APP},http://localhost:3000`, WORKER_CONCURRENCY: '1' });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

function residentBytes(): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

function open(): Socket {
  const { hostname, port } = new URL(service.origin);
  return connect(Number(port), hostname).on('error', () => undefined);
}

/** Sends raw bytes on a connection of their own and reads until the service closes it. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = open();
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString())).write(bytes);
  await once(socket, 'close');
  return received;
}

async function call(method: string, headers: Record<string, string>, path = ENDPOINT, of = service): Promise<Response> {
  return fetch(of.origin + path, { method, headers });
}

async function preflight(origin: string, path = ENDPOINT, of = service): Promise<Response> {
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' };
  return call('OPTIONS', headers, path, of);
}

function corsHeaders({ headers }: Response): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('what browsers are told', () => {
  it.each([
    ['a result', async () => service.run('1')],
    ['an error', async () => service.call('{')],
    ['a missing key', async () => call('POST', {})],
    ['no such route', async () => call('GET', {}, '/nothing')],
    ['a probe', async () => call('GET', {}, '/health/live')],
  ])('is the same with %s', async (_what, get) => {
    const { headers } = await get();
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': expect.stringContaining('no-store') as string,
      'content-security-policy': API_POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    // It does not end TLS itself.
    expect(headers.has('strict-transport-security')).toBe(false);
  });

  it.each(['/docs', '/docs/', '/docs/x', '/playground', '/admin/queues', '/docs?x'])(
    'lets pages work: %s',
    async (path) => {
      const { headers } = await call('GET', {}, path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';script-src 'self';/);
    },
  );

  it.each(['/docs-json', '/adminx', '/v1/docs'])('takes nothing else for a page: %s', async (path) => {
    expect((await call('GET', {}, path)).headers.get('content-security-policy')).toBe(API_POLICY);
  });

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n'],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'],
    ['an expectation', `POST ${ENDPOINT} HTTP/1.1\r\nHost: x\r\nExpect: y\r\nContent-Length: 0\r\n\r\n`],
  ])('is said outside of the framework, too: %s', async (_what, bytes) => {
    const received = await exchange(bytes);
    for (const line of [
      'cache-control: no-store',
      `content-security-policy: ${API_POLICY}`,
      'cross-origin-opener-policy: same-origin',
      'cross-origin-resource-policy: same-origin',
      'referrer-policy: no-referrer',
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
    ]) {
      expect(received.replace(/^[\w-]+:/gm, (name) => name.toLowerCase())).toContain(`\r\n${line}\r\n`);
    }
  });
});

describe('pages of other origins', () => {
  it.each([APP, 'http://localhost:3000'])('may call where they are allowed to: %s', async (origin) => {
    const response = await preflight(origin);
    expect([response.status, await response.text()]).toEqual([204, '']);
    const { headers } = response;
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-methods')?.split(',')).toEqual(['GET', 'HEAD', 'POST', 'DELETE']);
    expect(headers.get('access-control-allow-headers')?.split(',')).toEqual(
      expect.arrayContaining(['x-api-key', 'content-type', 'prefer', 'idempotency-key', 'last-event-id']),
    );
    expect(headers.get('access-control-max-age')).toBe('600');
    expect(headers.get('vary')).toContain('Origin');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('may read answers, errors among them', async () => {
    for (const response of [
      await service.call({ code: '1' }, { headers: { origin: APP } }),
      await call('POST', { origin: APP }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(APP);
      expect(response.headers.get('access-control-expose-headers')?.split(',')).toEqual(
        expect.arrayContaining(['X-Job-Id', 'Location', 'Retry-After', 'RateLimit', 'Idempotency-Replayed']),
      );
      expect(response.headers.get('vary')).toContain('Origin');
    }
  });

  it.each(['https://evil.example', `${APP}.evil.example`, `${APP}:444`, 'null', 'http://app.example.com'])(
    'are not known when they are not allowed: %s',
    async (origin) => {
      for (const response of [await preflight(origin), await call('POST', { origin })]) {
        expect(response.status).toBe(response.headers.has('allow') ? 405 : 401);
        expect(corsHeaders(response)).toEqual([]);
        expect(response.headers.get('vary')).toContain('Origin');
      }
    },
  );

  it.each(['/metrics', '/admin/queues', '/health/live', '/docs-json'])('get nothing but the API: %s', async (path) => {
    expect(corsHeaders(await preflight(APP, path))).toEqual([]);
    expect(corsHeaders(await call('GET', { origin: APP }, path))).toEqual([]);
  });

  it('are no reason to take any OPTIONS for a preflight request', async () => {
    expect((await call('OPTIONS', { origin: APP })).status).toBe(405);
  });

  it('may all call when * is set, and none when nothing is', async () => {
    await using any = await Service.start({ CORS_ALLOWED_ORIGINS: '*', WORKER_CONCURRENCY: '1' });
    const response = await preflight('https://any.example', ENDPOINT, any);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    await using none = await Service.start({ WORKER_CONCURRENCY: '1' });
    const refused = await preflight(APP, ENDPOINT, none);
    expect([refused.status, corsHeaders(refused), refused.headers.get('vary')]).toEqual([405, [], 'Accept']);
  });
});

describe('callers that mean harm', () => {
  const head = (...lines: string[]): string =>
    [`POST ${ENDPOINT} HTTP/1.1`, 'Host: x', `x-api-key: ${service.apiKey}`, ...lines, '', ''].join('\r\n');

  it.each([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3'], '{}'],
    ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['a length that is no number', ['Content-Length: +2'], '{}'],
    ['a folded header', ['X-A: b', ' Content-Length: 2'], '{}'],
    ['a header with a space before its colon', ['Content-Length : 2'], '{}'],
    ['a chunk whose length is no number', ['Transfer-Encoding: chunked'], 'zz\r\n\r\n'],
    ['headers of 20 kB', ['Content-Length: 0', `X: ${'x'.repeat(20_000)}`], ''],
  ])('are refused, and their connection closed: %s', async (_what, lines, body) => {
    const received = await exchange(head(...lines) + body);
    expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(received).toContain('"error":');
    // One answer to one request: nothing was taken for a second one.
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(received).not.toMatch(/node|express|nest|llhttp|HPE_|\.js/i);
  });

  it('are refused a URL of 20 kB', async () => {
    const received = await exchange(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('get no further with a little that becomes a lot', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    const received = await exchange(
      Buffer.concat([
        Buffer.from(head('Content-Encoding: gzip', `Content-Length: ${bomb.length}`, 'Connection: close')),
        bomb,
      ]),
    );
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('are not told what the service is made of', async () => {
    for (const path of ['/', '/nothing', '/%', '/%00', '/v1/jobs/%', '/v1/jobs/..%2f..', '/admin/../..']) {
      const response = await call('GET', { 'x-api-key': service.apiKey }, path);
      expect([response.headers.get('x-powered-by'), response.headers.get('server')]).toEqual([null, null]);
      expect(await response.text()).not.toMatch(/node|express|nest|stack|\.js\b/i);
    }
  });

  it('do not fill the memory with answers that they ask for ahead and do not read', async () => {
    const megabyte = 1024 * 1024;
    const { headers } = await service.run(`'x' * ${megabyte - 100}`);
    const request = `GET ${headers.get('location')} HTTP/1.1\r\nHost: x\r\nx-api-key: ${service.apiKey}\r\n\r\n`;
    const socket = open().pause();
    await once(socket, 'connect');
    const before = residentBytes();
    socket.write(request.repeat(100));
    // The first answer fills the connection; the others would be made meanwhile. This one is made after them.
    await eventually('answers are on their way', () => socket.bytesWritten >= request.length * 100);
    for (let turn = 0; turn < 5; turn++) expect((await service.run('1')).status).toBe(200);
    expect(residentBytes() - before).toBeLessThan(60 * megabyte);
    socket.destroy();
  });

  it('do not keep others from their answers by a thousand requests that never end', async () => {
    const sockets = Array.from({ length: 1000 }, (_, index) => {
      const socket = open();
      // Half of them stop in the middle of the headers, half in the middle of the body.
      socket.write(
        index % 2 === 0 ? `POST ${ENDPOINT} HTTP/1.1\r\nHost: x\r\nX-A: ` : `${head('Content-Length: 100')}{`,
      );
      return socket;
    });
    await Promise.all(sockets.map(async (socket) => socket.connecting && once(socket, 'connect')));
    const { status } = await service.run('1');
    expect(status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});
