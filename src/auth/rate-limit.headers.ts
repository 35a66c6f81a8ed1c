import { type ServerResponse } from 'node:http';
import { type RateUse, WINDOW_SECONDS } from './rate-limiter';

/** The one quota there is, as its header names it. */
const POLICY = '"default"';

/**
 * Tells a caller its limit: `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has them (structured
 * fields, RFC 9651), and the three fields of its drafts up to 06, which most clients know.
 * @param use null when it is not known
 */
export function setRateLimitHeaders(response: ServerResponse, limit: number, use: RateUse | null): void {
  response.setHeader('RateLimit-Policy', `${POLICY};q=${limit};w=${WINDOW_SECONDS}`);
  response.setHeader('RateLimit-Limit', `${limit}`);
  if (use === null) return;
  response.setHeader('RateLimit', `${POLICY};r=${use.remaining};t=${use.resetSeconds}`);
  response.setHeader('RateLimit-Remaining', `${use.remaining}`);
  response.setHeader('RateLimit-Reset', `${use.resetSeconds}`);
}
