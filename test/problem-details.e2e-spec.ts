import { connect } from 'node:net';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { type Answer, type CallOptions, ENDPOINT, Service } from './support/service';

const MAX_BODY_BYTES = 100_000;
const PROBLEM = 'application/problem+json';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let service: Service;

beforeAll(async () => {
  service = await Service.start({ MAX_BODY_BYTES: `${MAX_BODY_BYTES}`, WORKER_CONCURRENCY: '1' });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

/** Sends a body as a caller who wants problem details. */
async function ask(body: unknown, { headers, ...options }: CallOptions = {}, of = service): Promise<Answer> {
  return of.call(body, { ...options, headers: { accept: PROBLEM, ...headers } });
}

/** Sends raw bytes on a connection of their own and reads until the service closes it. */
async function exchange(bytes: string): Promise<{ head: string; body: string }> {
  const { hostname, port } = new URL(service.origin);
  let received = '';
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  for await (const chunk of socket) received += String(chunk);
  const [head = '', body = ''] = received.split('\r\n\r\n');
  return { head, body };
}

/** A problem as it must go out, its members in this order. */
function expectProblem({ text, status, headers }: Answer, problem: { status: number } & Record<string, unknown>): void {
  const expected = Object.keys(problem);
  const members = JSON.parse(text) as Record<string, unknown>;
  expect(members).toEqual(problem);
  expect(Object.keys(members)).toEqual(expected);
  expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([problem.status, PROBLEM, 'Accept']);
}

describe('a program that fails', () => {
  const FAILING = 'import sys\nprint("partial")\nprint("warned", file=sys.stderr)\nsys.exit(3)';

  it('is a problem with all that it wrote', async () => {
    const answer = await ask({ code: FAILING });
    const jobId = answer.headers.get('x-job-id');
    expect(jobId).toMatch(UUID);
    expectProblem(answer, {
      type: 'urn:pyexec:problem:execution-failed',
      title: 'Execution failed',
      status: 400,
      detail: 'Process exited with code 3',
      instance: `/v1/jobs/${jobId}`,
      job_id: jobId,
      stdout: 'partial\n',
      stderr: 'warned\n',
    });
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${jobId}`);
  });

  it('is one when its time runs out, with what it wrote by then', async () => {
    const code = 'import sys\nprint("partial", flush=True)\nprint("warned", file=sys.stderr)\nwhile True: pass';
    const answer = await ask({ code, timeout: 1 });
    const jobId = answer.headers.get('x-job-id');
    expectProblem(answer, {
      type: 'urn:pyexec:problem:execution-timed-out',
      title: 'Execution timed out',
      status: 408,
      detail: 'Execution timed out after 1 seconds',
      instance: `/v1/jobs/${jobId}`,
      job_id: jobId,
      stdout: 'partial\n',
      stderr: 'warned\n',
    });
  });

  it.each(['*/*', 'application/json', 'application/*', `${PROBLEM};q=0, */*`, `text/html;x="${PROBLEM}"`])(
    'has its usual answer for a caller that accepts %s',
    async (accept) => {
      const { status, text, headers } = await service.call({ code: FAILING }, { headers: { accept } });
      expect([status, text]).toEqual([
        400,
        '{"error":"Process exited with code 3","stdout":"partial\\n","exit_code":400}',
      ]);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('vary')).toBe('Accept');
    },
  );
});

describe('a program that ends well', () => {
  it('has its usual answer', async () => {
    const { status, json, headers } = await ask({ code: '1 + 1' });
    expect([status, json.code, json.response.result]).toEqual([200, 200, 2]);
    expect([headers.get('content-type'), headers.get('vary')]).toEqual(['application/json; charset=utf-8', null]);
  });
});

describe('a request that is refused', () => {
  const INVALID = {
    type: 'urn:pyexec:problem:invalid-request',
    title: 'Missing or invalid parameters',
    status: 400,
  };

  it('is told each member that is invalid', async () => {
    expectProblem(await ask('{"timeout":0,"webhook_url":"ftp://a","id":null,"a/b ñ":1,"__proto__":{}}'), {
      ...INVALID,
      errors: [
        { member: 'code', pointer: '#/code', detail: 'is required' },
        { member: 'timeout', pointer: '#/timeout', detail: 'must be a whole number from 1 to 300' },
        { member: 'webhook_url', pointer: '#/webhook_url', detail: 'must be an absolute http or https URI' },
        { member: 'id', pointer: '#/id', detail: 'must be a string' },
        { member: 'a/b ñ', pointer: '#/a~1b%20%C3%B1', detail: 'is not a member of a request' },
        { member: '__proto__', pointer: '#/__proto__', detail: 'is not a member of a request' },
      ],
    });
  });

  it.each([
    ['nothing', undefined, 'is required'],
    ['no JSON', 'print("a secret")', 'must be JSON'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'must be UTF-8'],
    ['no object', '["a secret"]', 'must be an object'],
    ['nesting without end', '['.repeat(90_000), 'must be JSON'],
  ])('is told what its body must be: %s', async (_what, body, detail) => {
    expectProblem(await ask(body), { ...INVALID, errors: [{ pointer: '#', detail }] });
  });

  it('is told that its encoding is unknown, or not what it says', async () => {
    expectProblem(await ask('{"code":""}', { headers: { 'content-encoding': 'unknown' } }), {
      ...INVALID,
      errors: [{ header: 'Content-Encoding', detail: 'names an encoding that is not known' }],
    });
    expectProblem(await ask('{"code":""}', { headers: { 'content-encoding': 'gzip' } }), {
      ...INVALID,
      errors: [{ pointer: '#', detail: 'must arrive whole, and in the encoding that Content-Encoding names' }],
    });
  });

  it.each([
    ['unauthorized', 'Unauthorized', 401, { headers: { 'x-api-key': 'wrong' } }],
    ['not-found', 'Not found', 404, { path: '/unknown' }],
    ['method-not-allowed', 'Method not allowed', 405, { method: 'PUT' }],
  ])('is a problem of its own type: %s', async (type, title, status, options) => {
    const answer = await ask({ code: '1' }, options);
    expectProblem(answer, { type: `urn:pyexec:problem:${type}`, title, status });
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  });

  it('is a problem of its own type: body-too-large', async () => {
    expectProblem(await ask({ code: '#'.repeat(MAX_BODY_BYTES) }), {
      type: 'urn:pyexec:problem:body-too-large',
      title: 'Request body too large',
      status: 413,
    });
  });

  it('is a problem when there is no room for it, and when the service ends, with when to come back', async () => {
    await using redis = await PrivateRedis.start();
    await using full = await Service.start({
      REDIS_URL: redis.url,
      ROLE: 'api',
      MAX_QUEUE_LENGTH: '1',
      SHUTDOWN_GRACE_SECONDS: '0',
    });
    const { commands } = await redis.connect();
    const waiting = ask({ code: '1' }, {}, full);
    await eventually('the job waits', async () => (await commands.llen('{pyexec}:execution:wait')) === 1);

    const refused = await ask({ code: '2' }, {}, full);
    expectProblem(refused, { type: 'urn:pyexec:problem:queue-full', title: 'The queue is full', status: 429 });
    // No worker runs anything: half a minute, and up to a quarter more.
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect([retryAfter >= 30, retryAfter <= 38]).toEqual([true, true]);

    full.signal('SIGTERM');
    const abandoned = await waiting;
    expectProblem(abandoned, {
      type: 'urn:pyexec:problem:shutting-down',
      title: 'The service is shutting down',
      status: 503,
      instance: abandoned.headers.get('location'),
    });
    expect(abandoned.headers.get('location')).toBe(`/v1/jobs/${abandoned.headers.get('x-job-id')}`);
    expect(abandoned.headers.get('retry-after')).toBe('5');
  });
});

describe('what is hardly HTTP', () => {
  it.each([
    ['no host', `POST ${ENDPOINT} HTTP/1.1\r\nAccept: ${PROBLEM}\r\n\r\n`, 'Host', 'is required'],
    [
      'two hosts',
      `POST ${ENDPOINT} HTTP/1.1\r\nHost: a\r\nAccept: ${PROBLEM}\r\nhost: b\r\n\r\n`,
      'Host',
      'must be there once',
    ],
    ...['a b', 'a/b', 'user@a', 'a:b', '[::1', 'a,b:1:2', '%zz', 'a"'].map((host): [string, string, string, string] => [
      `a host like ${host}`,
      `POST ${ENDPOINT} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${PROBLEM}\r\n\r\n`,
      'Host',
      'must be a host and perhaps a port',
    ]),
    [
      'an unknown expectation',
      `POST ${ENDPOINT} HTTP/1.1\r\nHost: a\r\nAccept: ${PROBLEM}\r\nExpect: foo\r\n\r\n`,
      'Expect',
      'names what is not done here',
    ],
  ])('is a problem once its headers have been read: %s', async (_what, bytes, header, detail) => {
    const { head, body } = await exchange(bytes);
    expect(head).toContain(`\r\nContent-Type: ${PROBLEM}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ status: 400, errors: [{ header, detail }] });
  });

  it('has the usual answer while it is no request', async () => {
    const { head, body } = await exchange(
      `POST ${ENDPOINT} HTTP/1.1\r\nHost: a\r\nAccept: ${PROBLEM}\r\nbroken\r\n\r\n`,
    );
    expect(head).toContain('\r\nContent-Type: application/json; charset=utf-8\r\n');
    expect(body).toBe('{"error":"Missing or invalid parameters","stdout":"","exit_code":400}');
  });
});
