import { request } from 'node:http';
import { connect } from 'node:net';
import { ENDPOINT, Service } from './support/service';

const MAX_BODY_BYTES = 100_000;
const INVALID = '{"error":"Missing or invalid parameters","stdout":"","exit_code":400}';
const UNAUTHORIZED = '{"error":"Unauthorized","stdout":"","exit_code":401}';
const NOT_FOUND = '{"error":"Not found","stdout":"","exit_code":404}';
const WRONG_METHOD = '{"error":"Method not allowed","stdout":"","exit_code":405}';
const TOO_LARGE = '{"error":"Request body too large","stdout":"","exit_code":413}';

let service: Service;

beforeAll(async () => {
  service = await Service.start({
    MAX_BODY_BYTES: `${MAX_BODY_BYTES}`,
    WORKER_CONCURRENCY: '2',
    SANDBOX_MEMORY_MB: '128',
  });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

/** Sends raw bytes on a connection of their own and reads until the service closes it. */
async function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(service.origin);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => {
      resolve(received);
    });
    socket.on('error', reject);
  });
}

describe('a body that is not a valid request', () => {
  it.each([
    ['nothing', undefined],
    ['no JSON', 'print(1)'],
    ['JSON that is cut short', '{"code":"1"'],
    ['an array', '[]'],
    ['a string', '"code"'],
    ['null', 'null'],
    ['no code', '{}'],
    ['code that is no text', '{"code":1}'],
    ['code that is null', '{"code":null}'],
    ['a timeout of 0', '{"code":"","timeout":0}'],
    ['a timeout of 301', '{"code":"","timeout":301}'],
    ['a timeout with a fraction', '{"code":"","timeout":1.5}'],
    ['a timeout in a string', '{"code":"","timeout":"10"}'],
    ['a timeout that is a boolean', '{"code":"","timeout":true}'],
    ['a timeout that is null', '{"code":"","timeout":null}'],
    ['an id that is a number', '{"code":"","id":1}'],
    ['an id that is null', '{"code":"","id":null}'],
    ['a webhook_url without a scheme', '{"code":"","webhook_url":"example.com"}'],
    ['a webhook_url of another scheme', '{"code":"","webhook_url":"ftp://example.com/"}'],
    ['an unknown member', '{"code":"","language":"python"}'],
    ['the member __proto__', '{"code":"","__proto__":{}}'],
    ['the member constructor', '{"code":"","constructor":{}}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nesting without end', `{"code":${'['.repeat(40_000)}`],
  ])('is refused: %s', async (_what, body) => {
    const { status, text } = await service.call(body);
    expect([status, text]).toEqual([400, INVALID]);
  });

  it('is refused when its encoding is unknown or broken', async () => {
    for (const encoding of ['gzip', 'unknown']) {
      const { status, text } = await service.call('{"code":""}', { headers: { 'content-encoding': encoding } });
      expect([status, text]).toEqual([400, INVALID]);
    }
  });
});

describe('a caller without a known key', () => {
  it.each(['', 'wrong', 'x'.repeat(5_000)])('is refused with %j', async (key) => {
    const { status, text } = await service.call({ code: '1' }, { headers: { 'x-api-key': key } });
    expect([status, text]).toEqual([401, UNAUTHORIZED]);
  });

  it('is refused without a header', async () => {
    const response = await fetch(service.origin + ENDPOINT, { method: 'POST', body: '{"code":"1"}' });
    expect([response.status, await response.text()]).toEqual([401, UNAUTHORIZED]);
  });
});

describe('a route or method that does not exist', () => {
  it.each([
    '/',
    '/v1',
    '/v1/code/execute/ruby',
    '/v1/code/execute/python/more',
    '/v1/code/execute/python/',
    '/V1/code/execute/Python',
    '/%',
    '/%zz',
    '/..%2f',
    `/${'a'.repeat(8_000)}`,
  ])('is not found: %s', async (path) => {
    const { status, text } = await service.call({ code: '1' }, { path });
    expect([status, text]).toEqual([404, NOT_FOUND]);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is not allowed: %s', async (method) => {
    const { status, text, headers } = await service.call(undefined, { method });
    expect([status, text, headers.get('allow')]).toEqual([405, WRONG_METHOD, 'POST']);
  });
});

describe('a body over the size limit', () => {
  const tooLarge = JSON.stringify({ code: '#'.repeat(MAX_BODY_BYTES) });

  it('is refused', async () => {
    const { status, text } = await service.call(tooLarge);
    expect([status, text]).toEqual([413, TOO_LARGE]);
  });

  it('is refused when its length is not declared', async () => {
    const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const call = request(
        service.origin + ENDPOINT,
        { method: 'POST', headers: { 'x-api-key': service.apiKey, 'transfer-encoding': 'chunked' } },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            resolve({ status: response.statusCode, text });
          });
        },
      );
      call.on('error', reject);
      call.end(tooLarge);
    });
    expect([status, text]).toEqual([413, TOO_LARGE]);
  });

  it('is taken at exactly the limit', async () => {
    const frame = '{"code":""}'.length;
    expect((await service.run('#'.repeat(MAX_BODY_BYTES - frame))).status).toBe(200);
    expect((await service.run('#'.repeat(MAX_BODY_BYTES - frame + 1))).status).toBe(413);
  });

  it('leaves its connection usable', async () => {
    const head = `POST ${ENDPOINT} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${service.apiKey}\r\n`;
    const first = `${head}Content-Length: ${tooLarge.length}\r\n\r\n${tooLarge}`;
    const second = `${head}Connection: close\r\nContent-Length: 14\r\n\r\n{"code":"1+1"}`;
    const received = await exchange(first + second);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('the order of checks', () => {
  const tooLarge = 'x'.repeat(MAX_BODY_BYTES + 1);
  const wrongKey = { 'x-api-key': 'wrong' };

  it('is route, method, key, size, body', async () => {
    expect((await service.call(tooLarge, { path: '/unknown', headers: wrongKey })).status).toBe(404);
    expect((await service.call(tooLarge, { method: 'PUT', headers: wrongKey })).status).toBe(405);
    expect((await service.call(tooLarge, { headers: wrongKey })).status).toBe(401);
    expect((await service.call(tooLarge)).status).toBe(413);
    expect((await service.call('x')).status).toBe(400);
  });
});

describe('what is hardly HTTP', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['no host', `POST ${ENDPOINT} HTTP/1.1\r\n\r\n`, 400],
    ['an unknown method', `BREW ${ENDPOINT} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
    ['a method of no route', `PROPFIND ${ENDPOINT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 405],
    ['a tunnel', 'CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n', 405],
    ['an unknown expectation', `POST ${ENDPOINT} HTTP/1.1\r\nHost: a\r\nExpect: foo\r\n\r\n`, 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  ])('is answered in JSON: %s', async (_what, bytes, status) => {
    const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(JSON.parse(body)).toEqual({ error: expect.any(String), stdout: '', exit_code: status });
    expect(/^allow:/im.test(head)).toBe(status === 405);
  });
});

describe('a program that fails', () => {
  it.each([
    [
      'an exception',
      'print("partial")\n1/0',
      'partial\n',
      /^Traceback [^]*File "<code>", line 2[^]*\nZeroDivisionError: division by zero$/,
    ],
    ['a syntax error', 'print("never")\n1 +', '', /File "<code>", line 2[^]*SyntaxError: invalid syntax$/],
    ['an exit code', 'print("partial")\nimport sys; sys.exit(3)', 'partial\n', /^Process exited with code 3$/],
    ['an exit text', 'import sys; sys.exit("text")', '', /^Process exited with code 1: text$/],
    ['a signal', 'import os; os.kill(os.getpid(), 11)', '', /^Process killed by signal 11 \(SIGSEGV\)$/],
    ['too much memory', 'x = bytearray(400 * 2**20)', '', /^Memory limit of 128 MiB exceeded$/],
    ['too many processes', 'import os\nwhile True: os.fork()', '', /^Process limit of 64 exceeded$/],
  ])('is answered with its error: %s', async (_what, code, stdout, error) => {
    const { status, json } = await service.run(code);
    expect(json).toEqual({ error: expect.stringMatching(error), stdout, exit_code: 400 });
    expect(status).toBe(400);
  });

  it('is answered with its error: too much output', async () => {
    const { status, json } = await service.run('print("x" * (2 * 2**20))');
    expect(status).toBe(400);
    expect({ ...json, stdout: '' }).toEqual({ error: 'Output limit of 1 MiB exceeded', stdout: '', exit_code: 400 });
  });

  it('is answered when its time runs out', async () => {
    const { status, text, headers } = await service.call({ code: 'while True: pass', timeout: 1 });
    expect([status, text]).toEqual([408, '{"error":"Execution timed out after 1 seconds"}']);
    expect(headers.get('x-job-id')).not.toBeNull();
  });
});
