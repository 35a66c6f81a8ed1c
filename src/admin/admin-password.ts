import { hash, timingSafeEqual } from 'node:crypto';
import { type Request, type Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { PublicError } from '../domain/error-catalogue';

/** Wrong passwords that an address may try in each window, on each instance. */
const MAX_FAILURES = 10;
const WINDOW_SECONDS = 60;
// RFC 7617, section 2.1
const CHALLENGE = 'Basic realm="queues", charset="UTF-8"';

/** Asks for the operator's password by HTTP Basic authentication (RFC 7617), with any user name. */
export class AdminPassword {
  private readonly digest: Buffer;
  private readonly failures = new RateLimiterMemory({ points: MAX_FAILURES, duration: WINDOW_SECONDS });

  constructor(password: string) {
    this.digest = digestOf(password);
  }

  /**
   * Resolves when the request has the password. An address that has tried too many wrong ones is refused with the right one, too:
   * it could go on guessing otherwise.
   * @throws PublicError `unauthorized` or `tooManyUnknownKeys`
   */
  async check(request: Request, response: Response): Promise<void> {
    const presented = readPassword(request.headers.authorization);
    const address = request.ip ?? '';
    if (presented !== null && timingSafeEqual(digestOf(presented), this.digest)) {
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

/** Digests are equally long, whatever is compared. */
function digestOf(password: string): Buffer {
  return hash('sha256', password, 'buffer');
}
