import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type LookupAddress } from 'node:dns';
import { type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeCertificates } from '../../test/support/certificates';
import { type Behaviour, dripping, flooding, Receiver, saying } from '../../test/support/receiver';
import { eventually } from '../../test/support/eventually';
import { AddressRule } from '../platform/net/address-rule';
import { type WebhookAnswer } from './webhook-answer';
import { WebhookClient } from './webhook.client';

const lookup = (): Promise<LookupAddress[]> => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
const rule = new AddressRule(['127.0.0.0/8']);
// What it ends is not ended by time.
const client = new WebhookClient(rule, { lookup, tryLimitMs: 3_600_000 });
const hasty = new WebhookClient(rule, { lookup, tryLimitMs: 300 });

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const HEADERS = { 'content-type': 'application/json', 'webhook-id': 'a-1' };

const answering = (...texts: readonly string[]): Behaviour => ({ answer: saying(...texts) });
const reset = (socket: Socket): void => void socket.resetAndDestroy();

/** Sends one message to a receiver that behaves so, and looks whether it is left alone afterwards. */
async function sendTo(behaviour: Behaviour, sender = client): Promise<WebhookAnswer> {
  await using receiver = await Receiver.start(behaviour);
  const answer = await sender.send(`http://host.example:${receiver.port}/`, HEADERS, '{}');
  await receiver.released();
  expect(receiver.requests).toHaveLength(1);
  return answer;
}

describe(WebhookClient.name, () => {
  const opened = new Set<Socket>();
  const note = (message: unknown): void => void opened.add((message as { socket: Socket }).socket);

  beforeAll(() => {
    subscribe('net.client.socket', note);
  });

  afterEach(async () => {
    await eventually('no socket is left open', () => [...opened].every((socket) => socket.destroyed));
    opened.clear();
  });

  afterAll(() => {
    unsubscribe('net.client.socket', note);
  });

  describe('the request', () => {
    async function requestOf(origin: string, path: string, body = '{}'): Promise<string> {
      await using receiver = await Receiver.start(answering(OK));
      const answer = await client.send(`${origin}:${receiver.port}${path}`, HEADERS, body);
      expect(answer).toMatchObject({ status: 200 });
      return receiver.requests[0]!.replaceAll(`:${receiver.port}`, ':PORT');
    }

    it('is a POST of the body with its headers, over a connection that is not kept', async () => {
      const request = await requestOf('http://host.example', '/a%20b?c=d&e#fragment', '{"ñ":1}');
      const [head, body] = request.split('\r\n\r\n');
      expect(head!.split('\r\n').sort()).toEqual([
        'POST /a%20b?c=d&e HTTP/1.1',
        'connection: close',
        'content-length: 8',
        'content-type: application/json',
        'host: host.example:PORT',
        'webhook-id: a-1',
      ]);
      expect(Buffer.from(body!, 'latin1').toString()).toBe('{"ñ":1}');
    });

    it.each([
      ['http://user:p%40ss@host.example', Buffer.from('user:p@ss')],
      ['http://user@host.example', Buffer.from('user:')],
      ['http://:pass@host.example', Buffer.from(':pass')],
      ['http://%C3%B1:%ff@host.example', Buffer.from('c3b13aff', 'hex')],
    ])('has what stands before the host in %s as credentials', async (origin, credentials) => {
      const request = await requestOf(origin, '/');
      expect(request).toContain(`\r\nauthorization: Basic ${credentials.toString('base64')}\r\n`);
      expect(request).not.toContain('@');
    });

    it('goes over a connection of its own at every try', async () => {
      await using receiver = await Receiver.start({ answer: (socket) => socket.write(OK) });
      const url = `http://127.0.0.1:${receiver.port}/`;
      for (let tries = 0; tries < 3; tries++) await client.send(url, HEADERS, '{}');
      expect(receiver.requests).toHaveLength(3);
      await receiver.released();
    });

    it('goes to the host itself, whatever proxies the environment names', async () => {
      await using proxy = await Receiver.start(answering(OK));
      await using receiver = await Receiver.start(answering(OK));
      const address = `http://127.0.0.1:${proxy.port}`;
      const proxies = { HTTP_PROXY: address, http_proxy: address, ALL_PROXY: address, NODE_USE_ENV_PROXY: '1' };
      jest.replaceProperty(process, 'env', { ...process.env, ...proxies });
      await new WebhookClient(rule, { lookup }).send(`http://host.example:${receiver.port}/`, HEADERS, '{}');
      expect([proxy.requests.length, receiver.requests.length]).toEqual([0, 1]);
    });

    it.each(['', 'host.example', 'ftp://user:secret@host.example', 'http://user:secret@host:99999'])(
      'is not made for %j, which is repeated nowhere',
      async (url) => {
        const failure: unknown = await client.send(url, HEADERS, '{}').catch((error: unknown) => error);
        expect(failure).toEqual(new Error('A webhook goes to an http or https URL'));
        expect(Object.keys(failure as Error)).toEqual([]);
      },
    );

    it('is not made over a connection that leads elsewhere, which is closed', async () => {
      await using receiver = await Receiver.start({});
      // It leads to 127.0.0.1, which this rule forbids.
      const misled = new WebhookClient(new AddressRule(['0.0.0.0/32']));
      const answer = await misled.send(`http://0.0.0.0:${receiver.port}/`, HEADERS, '{}');
      expect(answer).toMatchObject({ failure: 'forbiddenAddress' });
      await receiver.released();
      expect(receiver.requests).toEqual(['']);
    });

    it('fails where its headers are wrong, which is no fault of the receiver', async () => {
      await using receiver = await Receiver.start({});
      const sent = client.send(`http://127.0.0.1:${receiver.port}/`, { 'a b': 'c' }, '{}');
      await expect(sent).rejects.toThrow('invalid header');
    });
  });

  describe('the answer', () => {
    it.each([
      ['200', OK],
      ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['410', 'HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n'],
      ['500', 'HTTP/1.0 500 Oops\r\n\r\n'],
      ['999', 'HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n'],
      ['200', `${EARLY_HINTS}${EARLY_HINTS}${OK}`],
      ['200', 'HTTP/1.1 200 OK\r\n\r\nuntil it is closed'],
      ['200', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nclosed before its end'],
      ['200', `${CHUNKED}no chunk`],
      ['200', `${OK}${OK}${OK}`],
    ])('is the status %s of %j', async (status, text) => {
      expect(await sendTo(answering(text))).toEqual({
        ...{ status: Number(status), retryAfterMs: null, durationMs: expect.any(Number) },
      });
    });

    it('may ask for a pause', async () => {
      const text = 'HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n';
      expect(await sendTo(answering(text))).toMatchObject({ status: 503, retryAfterMs: 120_000 });
    });

    it('is not followed elsewhere', async () => {
      await using elsewhere = await Receiver.start(answering(OK));
      const text = `HTTP/1.1 307 Elsewhere\r\nlocation: http://127.0.0.1:${elsewhere.port}/\r\ncontent-length: 0\r\n\r\n`;
      expect(await sendTo(answering(text))).toMatchObject({ status: 307 });
      expect(elsewhere.requests).toEqual([]);
    });

    it.each<[string, Behaviour]>([
      ['another protocol', answering('\x15\x03\x01\x00\x02\x02')],
      ['text', answering('hello\r\n\r\n')],
      ['two lengths', answering('HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\n')],
      ['a status that there is not', answering('HTTP/1.1 000 Nothing\r\ncontent-length: 0\r\n\r\n')],
      ['another protocol from here on', answering('HTTP/1.1 101 Switch\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')],
      ['headers without end', { answer: flooding('a: b\r\n', 'HTTP/1.1 200 OK\r\n') }],
      ['a header without end', { answer: flooding('b', 'HTTP/1.1 200 OK\r\na: ') }],
      ['a reason without end', { answer: flooding('a', 'HTTP/1.1 200 ') }],
      ['early hints without end', { answer: flooding(EARLY_HINTS) }],
      ['early hints without end, before a request', { accept: flooding(EARLY_HINTS) }],
      ['empty lines without end', { answer: flooding('\r\n') }],
    ])('is none when it is %s', async (_what, behaviour) => {
      const answer = await sendTo(behaviour);
      expect(answer).toMatchObject({ failure: 'answer', detail: expect.stringMatching(/no HTTP|no status/) });
    });

    it.each<[string, Behaviour]>([
      ['at once', { accept: (socket) => void socket.end() }],
      ['hard, at once', { accept: reset }],
      ['after the request', answering()],
      ['hard, after the request', { answer: reset }],
      ['within the head', answering('HTTP/1.1 200 OK\r\ncontent-')],
      ['after early hints', answering(EARLY_HINTS)],
    ])('is none when the connection is closed %s', async (_when, behaviour) => {
      expect(await sendTo(behaviour)).toMatchObject({ failure: 'connection' });
    });
  });

  describe('the limits', () => {
    it.each<[string, Behaviour]>([
      ['a body', { answer: flooding('a', 'HTTP/1.1 200 OK\r\n\r\n') }],
      ['an announced body', { answer: flooding('a', 'HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n') }],
      ['chunks', { answer: flooding('1\r\na\r\n', CHUNKED) }],
      ['a chunk extension', { answer: flooding('a', `${CHUNKED}1;`) }],
      ['trailers', { answer: flooding('a: b\r\n', `${CHUNKED}0\r\n`) }],
      ['more answers', { answer: flooding(OK) }],
    ])('cut a 200 with %s without end', async (_what, behaviour) => {
      expect(await sendTo(behaviour)).toMatchObject({ status: 200 });
    });

    it('hold over TLS, too', async () => {
      const { authority, ...certificate } = makeCertificates('IP:127.0.0.1');
      await using receiver = await Receiver.start({ answer: flooding(EARLY_HINTS) }, certificate);
      const known = getCACertificates('default');
      setDefaultCACertificates([...known, authority]);
      const answer = await client.send(`https://127.0.0.1:${receiver.port}/`, HEADERS, '{}');
      setDefaultCACertificates(known);
      expect(answer).toMatchObject({ failure: 'answer', detail: 'no status in the first 64 KiB' });
      await receiver.released();
    });

    it.each([
      [60, { status: 200 }],
      [70, { failure: 'answer', detail: 'no status in the first 64 KiB' }],
    ])('are 64 KiB until a status comes: it comes after %d', async (kibibytes, expected) => {
      const hints = EARLY_HINTS.repeat((kibibytes * 1024) / EARLY_HINTS.length);
      expect(await sendTo(answering(hints, OK))).toMatchObject(expected);
    });

    it.each<[string, Behaviour]>([
      ['nothing', {}],
      ['early hints', { answer: dripping(EARLY_HINTS) }],
      ['a status line', { answer: dripping('a', 'HTTP/1.1 200 ') }],
      ['headers', { answer: dripping('a: b\r\n', 'HTTP/1.1 200 OK\r\n') }],
    ])('end a try at which %s comes, drop by drop', async (_what, behaviour) => {
      const answer = await sendTo(behaviour, hasty);
      expect(answer).toMatchObject({ failure: 'timeout', detail: 'no answer within 0.3 s' });
      expect(answer.durationMs).toBeGreaterThanOrEqual(299);
    });

    it.each<[string, Behaviour]>([
      ['comes drop by drop', { answer: dripping('a', 'HTTP/1.1 200 OK\r\n\r\n') }],
      ['never comes', { answer: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n') }],
    ])('end a try that has its status and whose body %s', async (_what, behaviour) => {
      expect(await sendTo(behaviour, hasty)).toMatchObject({ status: 200 });
    });

    it('are 15 seconds for a try, and no timer outlives it', async () => {
      await using receiver = await Receiver.start(answering(OK));
      const set = jest.spyOn(globalThis, 'setTimeout');
      const cleared = jest.spyOn(globalThis, 'clearTimeout');
      await new WebhookClient(rule, { lookup }).send(`http://host.example:${receiver.port}/`, HEADERS, '{}');
      const call = set.mock.calls.findIndex(([, delay]) => delay === 15_000);
      expect(cleared).toHaveBeenCalledWith(set.mock.results[call]!.value);
    });

    it('end a try at a receiver that does not read', async () => {
      await using receiver = await Receiver.start({ accept: (socket) => void socket.pause() });
      const body = 'a'.repeat(32 * 1024 * 1024);
      const answer = await hasty.send(`http://127.0.0.1:${receiver.port}/`, HEADERS, body);
      expect(answer).toMatchObject({ failure: 'timeout' });
    });

    it('let a receiver take its time within them', async () => {
      const behaviour: Behaviour = {
        answer: (socket) => {
          socket.write('HTTP/1.1 ');
          setTimeout(() => socket.end('202 Accepted\r\ncontent-length: 0\r\n\r\n'), 50);
        },
      };
      expect(await sendTo(behaviour)).toMatchObject({ status: 202 });
    });
  });
});
