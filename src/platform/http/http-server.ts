import { type Server } from 'node:http';

/** Time a caller has to send its headers. */
const HEADERS_TIMEOUT_MS = 20_000;
/** Time a caller has to send its whole request. The answer has no limit here: a program may wait, then run for minutes. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the idle time of usual proxies (60 s), so that a proxy never reuses a connection being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

export function setTimeouts(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
}
