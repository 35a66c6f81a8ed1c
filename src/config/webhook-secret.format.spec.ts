import { webhookSecrets } from './webhook-secret.format';

/** The secret of so many bytes. */
function secretOf(bytes: number): string {
  return `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;
}

describe('WEBHOOK_SECRET', () => {
  it.each([24, 25, 32, 64])('takes a secret of %d bytes', (bytes) => {
    expect(webhookSecrets.parse(secretOf(bytes))).toEqual([{ keyName: null, secret: secretOf(bytes) }]);
  });

  it('takes several, for all keys and for some, and keeps their order', () => {
    const text = `${secretOf(24)}, team.a:${secretOf(32)},${secretOf(25)},team.a:${secretOf(24)}`;
    expect(webhookSecrets.parse(text)).toEqual([
      { keyName: null, secret: secretOf(24) },
      { keyName: 'team.a', secret: secretOf(32) },
      { keyName: null, secret: secretOf(25) },
      { keyName: 'team.a', secret: secretOf(24) },
    ]);
  });

  it.each([
    ['', 'nothing'],
    ['whsec_', 'an empty secret'],
    [secretOf(23), 'too short a secret'],
    [secretOf(65), 'too long a secret'],
    [secretOf(32).slice('whsec_'.length), 'no prefix'],
    [secretOf(32).toUpperCase(), 'another prefix'],
    [secretOf(32).replace('=', ''), 'no padding'],
    [secretOf(32).replaceAll('+', '-'), 'another base64'],
    [secretOf(32).replace('+', ' '), 'a space in a secret'],
    [`:${secretOf(32)}`, 'an empty name'],
    [`a b:${secretOf(32)}`, 'a space in a name'],
    [`a:b:${secretOf(32)}`, 'two names'],
    [`${secretOf(32)},`, 'an empty entry'],
  ])('refuses %s (%s)', (text) => {
    expect(webhookSecrets.parse(text)).toBeUndefined();
  });
});
