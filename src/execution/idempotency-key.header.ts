import { PublicError } from '../domain/error-catalogue';
import { invalidHeader } from '../domain/invalid-part';

const NAME = 'Idempotency-Key';
const MAX_LENGTH = 255;
/** RFC 8941, section 3.3.3. */
const STRING = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** Visible ASCII but for quotes, and for commas, which join repeated headers. */
const BARE = /^[!#-+\--~]+$/;

/**
 * The key of a request that its caller may repeat: a string of 1 to 255 characters in double quotes, as
 * draft-ietf-httpapi-idempotency-key-header has it in section 2.1. Without quotes, as many write it, it is the same key.
 * @param header one text for each time the header was sent (`request.headersDistinct`), or as Node joins them
 * @returns null when there is none
 * @throws PublicError `invalidRequest` when it is malformed or repeated
 */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  const [value = '', ...repeated] = typeof header === 'string' ? [header] : header;
  if (repeated.length > 0) throw invalid('must not be repeated');
  const key = STRING.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? BARE.exec(value)?.[0];
  if (key === undefined || key.length < 1 || key.length > MAX_LENGTH) {
    throw invalid(`must be a string of 1 to ${MAX_LENGTH} characters in double quotes`);
  }
  return key;
}

function invalid(detail: string): PublicError {
  return new PublicError('invalidRequest', { errors: [invalidHeader(NAME, detail)] });
}
