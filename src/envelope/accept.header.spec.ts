import fc from 'fast-check';
import { acceptsProblemDetails } from './accept.header';

describe(acceptsProblemDetails.name, () => {
  it.each([
    'application/problem+json',
    'APPLICATION/Problem+JSON',
    'application/json, application/problem+json',
    'application/problem+json;q=0.001, application/json',
    'application/problem+json ; Q=1',
    'application/problem+json;charset=utf-8;q=0.5',
    'application/problem+json;profile="a,b;q=0"',
    'text/html;x="a\\",b",application/problem+json',
    ', application/problem+json,',
    '*/*;q=0.1, application/problem+json;q=0, application/problem+json',
  ])('is true for %j', (accept) => {
    expect(acceptsProblemDetails(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/problem+xml',
    'application/problem',
    'xapplication/problem+json',
    'application/problem+jsonx',
    'application/problem+json;q=0',
    'application/problem+json; q=0.000',
    'application/problem+json;q=',
    'application/problem+json;q=high',
    'application/problem+json;q="1"',
    'text/html;x="application/problem+json"',
    'text/html;x=", application/problem+json,"',
    'text/html, application/json application/problem+json',
  ])('is false for %j', (accept) => {
    expect(acceptsProblemDetails(accept)).toBe(false);
  });

  it('takes any text', () => {
    const piece = fc.oneof(
      fc.constantFrom('application/problem+json', ',', ';', 'q=', '0', '"', '\\', '*/*'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof acceptsProblemDetails(pieces.join(''))).toBe('boolean');
      }),
    );
  });
});
