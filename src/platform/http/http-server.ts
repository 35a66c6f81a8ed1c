import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorName, StartupError } from '../../domain/startup-error';

/** Time a caller has to send its headers. */
const HEADERS_TIMEOUT_MS = 20_000;
/** Time a caller has to send its whole request. The answer has no limit here: a program may wait, then run for minutes. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the idle time of usual proxies (60 s), so that a proxy never reuses a connection being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often the first two are looked at; by itself, Node does that every 30 s (`http.createServer`, `connectionsCheckingInterval`). */
const CHECK_INTERVAL_MS = 1_000;
/** A caller that takes nothing of its answer for this long is cut. */
const READER_PATIENCE_MS = 60_000;

/** Of a server that does not listen yet. */
export function setTimeouts(server: Server, headersTimeoutMs = HEADERS_TIMEOUT_MS): void {
  // An option of the constructor, which Nest calls without any; it is read when the server begins to listen.
  Object.assign(server, { connectionsCheckingInterval: CHECK_INTERVAL_MS });
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
}

/**
 * Middleware that cuts callers that do not read: the rest of an answer stays in memory until it is read. An answer that gets on,
 * however slowly, puts it off (Node's `lib/net.js`, `Socket.prototype._onTimeout`), and one that is still being made is waited for.
 */
export function cutStuckReaders(patienceMs = READER_PATIENCE_MS) {
  return (_request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    response.setTimeout(patienceMs, () => {
      if (response.headersSent) response.destroy();
    });
    next();
  };
}

/** Starts to listen. Nest's own `listen` would log the failure with the address in it. @throws StartupError when it cannot */
export async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw new StartupError(
      `HOST and PORT cannot be listened on (${errorName(error)}): HOST must be an address of this machine, and PORT free`,
      { cause: error },
    );
  }
}
