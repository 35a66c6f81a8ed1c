import { digestKey } from '../config/api-key.format';
import { type FiledKey } from '../config/key-file.format';
import { KeyRing } from './key-ring';

const keyOf = (name: string): string => `the-key-of-${name}-for-sure`;
const filed = (name: string, terms: Partial<FiledKey> = {}): FiledKey => ({
  name,
  digest: digestKey(keyOf(name)),
  ...terms,
});

describe(KeyRing.name, () => {
  const defaults = { rateLimitPerMinute: 7, maxQueuedPerKey: 3 };
  const ring = new KeyRing(defaults, [filed('first'), filed('second')]);

  describe('callerOf', () => {
    it('knows whose a key is', () => {
      expect(ring.callerOf(keyOf('first'))?.name).toBe('first');
      expect(ring.callerOf(keyOf('second'))?.name).toBe('second');
    });

    it.each([
      '',
      keyOf('first').slice(0, -1),
      `${keyOf('first')} `,
      keyOf('first').toUpperCase(),
      'first',
      '__proto__',
    ])('does not know %j', (key) => {
      expect(ring.callerOf(key)).toBeNull();
    });

    it('does not take a digest for its key', () => {
      expect(ring.callerOf(digestKey(keyOf('first')))).toBeNull();
      expect(ring.callerOf(`sha256=${digestKey(keyOf('first'))}`)).toBeNull();
    });

    it('gives a key what the settings say', () => {
      expect(ring.callerOf(keyOf('first'))).toEqual({
        name: 'first',
        rateLimitPerMinute: 7,
        maxQueued: 3,
        maxTimeoutSeconds: 300,
        mayBeAsync: true,
      });
    });
  });

  describe('hold', () => {
    it('gives a key what it has of its own, 0 and false too', () => {
      const own = new KeyRing(defaults, []);
      own.hold([filed('team', { rateLimitPerMinute: 0, maxQueued: 0, maxTimeoutSeconds: 5, allowAsync: false })]);
      expect(own.callerOf(keyOf('team'))).toEqual({
        name: 'team',
        rateLimitPerMinute: 0,
        maxQueued: 0,
        maxTimeoutSeconds: 5,
        mayBeAsync: false,
      });
    });

    it('forgets the keys from before, and keeps the fixed ones', () => {
      const own = new KeyRing(defaults, [filed('fixed')]);
      own.hold([filed('old', { webhookSecret: ['whsec_old'] })]);
      own.hold([filed('new')]);
      expect(['fixed', 'old', 'new'].map((name) => own.callerOf(keyOf(name))?.name)).toEqual([
        'fixed',
        undefined,
        'new',
      ]);
      expect([own.size, own.webhookSecretsOf('old')]).toEqual([2, []]);
    });
  });

  describe('webhookSecretsOf', () => {
    it('has those of the key, in their order', () => {
      const own = new KeyRing(defaults, []);
      own.hold([filed('team', { webhookSecret: ['whsec_new', 'whsec_old'] }), filed('other')]);
      expect(['team', 'other', 'nobody'].map((name) => own.webhookSecretsOf(name))).toEqual([
        ['whsec_new', 'whsec_old'],
        [],
        [],
      ]);
    });
  });
});
