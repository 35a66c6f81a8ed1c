import { digestKey } from '../config/api-key.format';
import { KeyRing } from './key-ring';

describe(KeyRing.name, () => {
  const ring = new KeyRing([
    { name: 'first', digest: digestKey('the-first-of-the-keys') },
    { name: 'second', digest: digestKey('the-second-of-the-keys') },
  ]);

  it('names the key', () => {
    expect(ring.nameOf('the-first-of-the-keys')).toBe('first');
    expect(ring.nameOf('the-second-of-the-keys')).toBe('second');
  });

  it.each(['', 'the-first-of-the-key', 'the-first-of-the-keys ', 'THE-FIRST-OF-THE-KEYS', 'first'])(
    'does not know %j',
    (key) => {
      expect(ring.nameOf(key)).toBeNull();
    },
  );

  it('does not take a digest for its key', () => {
    expect(ring.nameOf(digestKey('the-first-of-the-keys').toString('hex'))).toBeNull();
  });
});
