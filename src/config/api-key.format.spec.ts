import { createHash } from 'node:crypto';
import { apiKeys, digestKey } from './api-key.format';

const KEY = 'a-key-of-more-than-16';
const HEX = createHash('sha256').update(KEY).digest('hex');

describe('API_KEYS', () => {
  it('holds keys as digests only', () => {
    expect(apiKeys.parse(`ci:${KEY}`)).toEqual([{ name: 'ci', digest: HEX }]);
  });

  it('takes a digest in place of the key', () => {
    expect(apiKeys.parse(`ci:sha256=${HEX.toUpperCase()}`)).toEqual([{ name: 'ci', digest: digestKey(KEY) }]);
  });

  it('takes several, spaces around them ignored', () => {
    expect(apiKeys.parse(`a:${KEY}, b:other:${KEY}`)?.map((key) => key.name)).toEqual(['a', 'b']);
  });

  it.each([
    ['', 'nothing'],
    [KEY, 'no name'],
    [`:${KEY}`, 'an empty name'],
    ['a:fifteen-letters', 'a short key'],
    [`a:${KEY},`, 'an empty entry'],
    [`a:${KEY},a:another-${KEY}`, 'a name twice'],
    [`a:${KEY},b:sha256=${HEX}`, 'a key twice'],
    ['a:sha256=abc', 'a short digest'],
    [`a:sha256=${'z'.repeat(64)}`, 'a digest that is not hexadecimal'],
    ['a:sixteen letters!', 'a space in a key'],
    ['a:dieciséis-letras', 'a letter that a header cannot carry'],
  ])('refuses %s (%s)', (text) => {
    expect(apiKeys.parse(text)).toBeUndefined();
  });
});
