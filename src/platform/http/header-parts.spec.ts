import fc from 'fast-check';
import { headerParts } from './header-parts';

describe(headerParts.name, () => {
  it.each([
    ['', ['']],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    [' a ;x=1 ,\tb , ', ['a ;x=1', 'b', '']],
    ['a="1,2",b', ['a="1,2"', 'b']],
    [String.raw`a="\",",b`, [String.raw`a="\","`, 'b']],
    [String.raw`a="\\",b`, [String.raw`a="\\"`, 'b']],
    [String.raw`a\,b`, ['a\\', 'b']],
    ['a="1,b', ['a="1,b']],
  ])('divides %j into %j', (value, parts) => {
    expect(headerParts(value, ',')).toEqual(parts);
  });

  it('divides an element from its parameters', () => {
    expect(headerParts('a; x="1;2" ;y', ';')).toEqual(['a', 'x="1;2"', 'y']);
  });

  it('finds what was joined, whatever it is', () => {
    const token = fc.stringMatching(/^[a-z]{0,3}$/);
    const quoted = fc.string({ unit: 'binary-ascii' }).map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
    fc.assert(
      fc.property(fc.array(fc.oneof(token, quoted), { minLength: 1 }), (parts) => {
        expect(headerParts(parts.join(','), ',')).toEqual(parts);
      }),
    );
  });
});
