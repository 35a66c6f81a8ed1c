import { type Request, type Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { clientAddress } from '../auth/client-address';
import { PublicError } from '../domain/error-catalogue';
import { ExpectedSecret } from '../platform/secret';

/** Wrong passwords that an address may try in each window, on each instance. */
const MAX_FAILURES = 10;
const WINDOW_SECONDS = 60;
// RFC 7617, section 2.1
const CHALLENGE = 'Basic realm="queues", charset="UTF-8"';

/** Asks for the operator's password by HTTP Basic authentication (RFC 7617), with any user name. */
export class AdminPassword {
  private readonly expected: ExpectedSecret;
  private readonly failures = new RateLimiterMemory({ points: MAX_FAILURES, duration: WINDOW_SECONDS });

  constructor(password: string) {
    this.expected = new ExpectedSecret(password);
  }

  /**
   * Resolves when the request has the password. An address that has tried too many wrong ones is refused with the right one, too:
   * it could go on guessing otherwise.
   * @throws PublicError `unauthorized` or `tooManyUnknownKeys`
   */
  async check(request: Request, response: Response): Promise<void> {
    const presented = readPassword(request.headers.authorization);
    const address = clientAddress(request);
    if (presented !== null && this.expected.matches(presented)) {
      const known = await this.failures.get(address);
      if (known === null || known.consumedPoints <= MAX_FAILURES) return;
      throw tooManyFailures(known.msBeforeNext);
    }
    // A browser asks without a password first, and then asks its user.
    if (presented !== null) await this.noteFailure(address);
    response.setHeader('WWW-Authenticate', CHALLENGE);
    throw new PublicError('unauthorized');
  }

  private async noteFailure(address: string): Promise<void> {
    const { consumedPoints, msBeforeNext } = await this.failures.penalty(address);
    if (consumedPoints > MAX_FAILURES) throw tooManyFailures(msBeforeNext);
  }
}

function tooManyFailures(msBeforeNext: number): PublicError {
  return new PublicError('tooManyUnknownKeys', { retryAfterSeconds: Math.ceil(msBeforeNext / 1000) });
}

/** The password of an `Authorization` header; null where there is none. */
function readPassword(authorization: string | undefined): string | null {
  const [, credentials] = /^basic +([\w+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  if (credentials === undefined) return null;
  const text = Buffer.from(credentials, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
