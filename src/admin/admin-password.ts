import { type Request, type Response } from 'express';
import { AddressThrottle } from '../auth/address.throttle';
import { clientAddress } from '../auth/client-address';
import { PublicError } from '../domain/error-catalogue';
import { ExpectedSecret } from '../platform/secret';

/** Wrong passwords that an address may try in a minute, on each instance. */
const MAX_FAILURES = 10;
// RFC 7617, section 2.1
const CHALLENGE = 'Basic realm="queues", charset="UTF-8"';

/** Asks for the operator's password by HTTP Basic authentication (RFC 7617), with any user name. */
export class AdminPassword {
  private readonly expected: ExpectedSecret;
  private readonly throttle = new AddressThrottle(MAX_FAILURES);

  constructor(password: string) {
    this.expected = new ExpectedSecret(password);
  }

  /**
   * Returns when the request has the password. An address that has tried too many wrong ones is refused with the right one, too:
   * it could go on guessing otherwise.
   * @throws PublicError `unauthorized` or `tooManyUnknownKeys`
   */
  check(request: Request, response: Response): void {
    const presented = readPassword(request.headers.authorization);
    const address = clientAddress(request);
    // A browser asks without a password first, and then asks its user.
    if (presented !== null) {
      const isRight = this.expected.matches(presented);
      const retryAfterSeconds = isRight ? this.throttle.waitSeconds(address) : this.throttle.note(address);
      if (retryAfterSeconds > 0) throw new PublicError('tooManyUnknownKeys', { retryAfterSeconds });
      if (isRight) return;
    }
    response.setHeader('WWW-Authenticate', CHALLENGE);
    throw new PublicError('unauthorized');
  }
}

/** The password of an `Authorization` header; null where there is none. */
function readPassword(authorization: string | undefined): string | null {
  const [, credentials] = /^basic +([\w+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  if (credentials === undefined) return null;
  const text = Buffer.from(credentials, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
