import fc from 'fast-check';
import { prefersAsync } from './prefer.header';

describe(prefersAsync.name, () => {
  it.each([
    'respond-async',
    'Respond-Async',
    'respond-async, wait=10',
    'wait=10,respond-async',
    'handling=lenient;x="a, b; \\"c\\"" , respond-async',
    ', ,respond-async,',
    'respond-async; wait=10',
    'respond-async ;; foo ; bar="a;b" ; baz=""',
    'respond-async=',
    'respond-async = ""',
    'wait = @, respond-async',
  ])('is true for %j', (header) => {
    expect(prefersAsync(header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'wait=10',
    'return=minimal',
    'respond-asynchronously',
    'not-respond-async',
    'respond-async=false',
    'respond-async="0"',
    '"respond-async"',
    'x="respond-async"',
    'x="a, respond-async"',
    'x=1;respond-async',
    'wait="10, respond-async',
    'respond-async wait=10',
    'respond-async;=1',
    'respond-async;a b',
    'respond-async;a="b',
    'respond-async;a="b"c',
  ])('is false for %j', (header) => {
    expect(prefersAsync(header)).toBe(false);
  });

  it('finds it among any others', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((name) => name !== 'respond-async');
    const quoted = fc.string({ unit: 'binary-ascii' }).map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    const parameter = fc.oneof(
      word,
      fc.tuple(word, fc.oneof(word, quoted)).map((pair) => pair.join('=')),
    );
    const preference = fc.array(parameter, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('; '));
    const others = fc.array(preference, { maxLength: 4 });
    fc.assert(
      fc.property(others, others, (before, after) => {
        expect(prefersAsync([...before, ...after].join(', '))).toBe(false);
        expect(prefersAsync([...before, 'respond-async', ...after].join(', '))).toBe(true);
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(typeof prefersAsync(header)).toBe('boolean');
      }),
    );
  });
});
