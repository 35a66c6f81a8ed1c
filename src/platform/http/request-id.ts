import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';

/** The header in which a caller may name its request, and in which each answer says how it was named. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

/** What usual proxies and tracing tools make: UUIDs, digits, base64 and paths of such. Nothing a terminal or a header reads as more. */
const SANE_ID = /^[\w.~:+/=@-]{1,128}$/;

/**
 * Names a request: as its caller has, when that is 1 to 128 characters of `A-Z a-z 0-9 . _ ~ : + / = @ -`, else with a new
 * UUID; and says so in the answer's headers.
 */
export function nameRequest(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SANE_ID.test(given) ? given : newRequestId();
  response.setHeader(REQUEST_ID_HEADER, id);
  return id;
}

export function newRequestId(): string {
  return randomUUID();
}
