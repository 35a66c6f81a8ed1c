import fc from 'fast-check';
import { type PublicError } from '../domain/error-catalogue';
import { readIdempotencyKey } from './idempotency-key.header';

const invalid = (detail: unknown): PublicError =>
  expect.objectContaining({
    code: 'invalidRequest',
    errors: [{ header: 'Idempotency-Key', detail }],
  }) as PublicError;
const MALFORMED = invalid('must be a string of 1 to 255 characters in double quotes');

describe(readIdempotencyKey.name, () => {
  it('gives null where there is none', () => {
    expect(readIdempotencyKey(undefined)).toBeNull();
  });

  it.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['" a, b; c=d "', ' a, b; c=d '],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    [String.raw`a\b;c=d`, String.raw`a\b;c=d`],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])('reads %j', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
    expect(readIdempotencyKey([header])).toBe(key);
  });

  it.each([
    '',
    ' ',
    '""',
    '"',
    '"a',
    'a"',
    'a b',
    'a,b',
    '"a" "b"',
    '"a", "b"',
    '"a";b=c',
    String.raw`"a\b"`,
    String.raw`"a\"`,
    '"a\tb"',
    '"ñ"',
    'ñ',
    `"${'k'.repeat(256)}"`,
    'k'.repeat(256),
    '"'.repeat(16_384),
    '\\"'.repeat(8_192),
  ])('refuses %j', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(MALFORMED);
  });

  it.each([[['a', 'b']], [['"a"', '"a"']]])('refuses the headers %j', (headers) => {
    expect(() => readIdempotencyKey(headers)).toThrow(invalid('must not be repeated'));
  });

  it('gives any key back that is written as a structured field', () => {
    const key = fc.stringMatching(/^[ -~]{1,255}$/);
    fc.assert(
      fc.property(key, (text) => {
        expect(readIdempotencyKey(`"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).toBe(text);
      }),
    );
  });

  it('takes the bare form of a key for its quoted one', () => {
    const bare = fc.stringMatching(/^[!#-+\--[\]-~]{1,255}$/);
    fc.assert(
      fc.property(bare, (text) => {
        expect(readIdempotencyKey(text)).toBe(readIdempotencyKey(`"${text}"`));
      }),
    );
  });
});
