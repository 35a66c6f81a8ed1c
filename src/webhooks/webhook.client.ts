import { type Socket } from 'node:net';
import { type buildConnector, Client, errors } from 'undici';
import { errorName } from '../domain/startup-error';
import { type AddressRule } from '../platform/net/address-rule';
import { type NameLookup, NameResolver } from './name.resolver';
import { NoConnectionError, ReceiverConnector } from './receiver.connector';
import { parseRetryAfter } from './retry-after';
import { type WebhookAnswer, type WebhookVerdict } from './webhook-answer';

/** One try: name, connection, request and answer. */
const TRY_LIMIT_MS = 15_000;
/** As much of an answer is read, its head included. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_HEAD_BYTES = 16 * 1024;

/** Other than usual. */
export interface WebhookClientOptions {
  readonly lookup?: NameLookup;
  readonly tryLimitMs?: number;
}

/** The answer is longer than anybody needs, and there is no status in what has been read. */
class LongAnswerError extends Error {}

/**
 * Sends webhooks: one try each, over a connection of its own, straight to the host (no proxy), which ends after 15 seconds
 * at most. Redirects are not followed. The status is the answer: once it is there, nothing that comes after it, or does
 * not, makes a difference.
 */
export class WebhookClient {
  private readonly connector: ReceiverConnector;
  private readonly tryLimitMs: number;

  constructor(rule: AddressRule, { lookup, tryLimitMs = TRY_LIMIT_MS }: WebhookClientOptions = {}) {
    this.connector = new ReceiverConnector(rule, lookup ?? new NameResolver().resolve);
    this.tryLimitMs = tryLimitMs;
  }

  /**
   * POSTs a text. Whatever the receiver does is an answer.
   * @param url http or https; a user name and password in it become an `Authorization` header, a fragment is left out
   */
  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer> {
    // Not `new URL`: its error repeats the text, and with it the password.
    const target = URL.parse(url);
    if (target === null || !/^https?:$/.test(target.protocol))
      throw new Error('A webhook goes to an http or https URL');
    const startedAt = performance.now();
    const end = new AbortController();
    const timer = setTimeout(() => {
      end.abort();
    }, this.tryLimitMs);
    let verdict: WebhookVerdict;
    try {
      const socket = await this.connector.connect(target, end.signal);
      verdict = await post(socket, target, { ...headers, ...credentialsOf(target) }, body, end.signal);
    } catch (error) {
      verdict = end.signal.aborted ? this.describeTimeout(error) : describeFailure(error);
    } finally {
      clearTimeout(timer);
      end.abort();
    }
    return { ...verdict, durationMs: Math.round(performance.now() - startedAt) };
  }

  private describeTimeout(error: unknown): WebhookVerdict {
    const missing = error instanceof NoConnectionError ? error.missing : 'no answer';
    return { failure: 'timeout', detail: `${missing} within ${this.tryLimitMs / 1000} s` };
  }
}

/** Sends the request and reads as much of the answer as may be. */
async function post(
  socket: Socket,
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<WebhookVerdict> {
  limitReading(socket);
  // Without pipelining the connection is not kept. The times are limited by the signal, all of them together.
  const client = new Client(url.origin, {
    ...{ connect: handOver(socket), pipelining: 0, maxHeaderSize: MAX_HEAD_BYTES },
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  });
  try {
    const path = url.pathname + url.search;
    const response = await client.request({ method: 'POST', path, headers, body, signal });
    // Read on, so that the receiver can end its answer in peace. However that ends, the status has been said.
    await response.body.dump({ limit: MAX_ANSWER_BYTES });
    return { status: response.statusCode, retryAfterMs: parseRetryAfter(response.headers['retry-after']) };
  } finally {
    await client.destroy();
  }
}

/** Ends a connection over which too much comes, be it headers, `1xx` answers or what surrounds the parts of a body. */
function limitReading(socket: Socket): void {
  socket.on('readable', () => {
    if (socket.bytesRead > MAX_ANSWER_BYTES) socket.destroy(new LongAnswerError());
  });
}

/** A connector that gives away a connection that is there already. When that is closed, there is no other. */
function handOver(socket: Socket): buildConnector.connector {
  return (_options, callback) => {
    // Later, as connections come: undici waits for ever for what is called back at once.
    setImmediate(() => {
      if (socket.destroyed) callback(new Error('The connection has been closed'), null);
      else callback(null, socket);
    });
  };
}

/** RFC 7617. What is percent-encoded in a URL are bytes, which need not be UTF-8. */
function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const bytes = `${username}:${password}`.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return { authorization: `Basic ${Buffer.from(bytes, 'latin1').toString('base64')}` };
}

/** @throws what is no failure of the receiver's */
function describeFailure(error: unknown): WebhookVerdict {
  if (error instanceof NoConnectionError) return { failure: error.failure, detail: error.message };
  if (error instanceof LongAnswerError) return { failure: 'answer', detail: 'no status in the first 64 KiB' };
  if (error instanceof errors.InvalidArgumentError) throw error;
  return isNoHttp(error as Error)
    ? { failure: 'answer', detail: `the answer is no HTTP (${errorName(error)})` }
    : { failure: 'connection', detail: `the connection was closed before an answer (${errorName(error)})` };
}

/** undici has no error of its own for a status that cannot be: it asserts, or closes the connection as "bad". */
function isNoHttp(error: Error): boolean {
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) return true;
  return error.name === 'AssertionError' || error.message.startsWith('bad ');
}
