import { trustedProxies } from './trusted-proxies';

describe(trustedProxies.name, () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::10.1.2.3', false],
    ['fd00::/8,10.0.0.0/8', 'fd12::1', true],
    ['fd00::/8', '10.0.0.1', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', 'unknown', false],
    ['10.0.0.0/8', undefined, false],
  ])('of %s, %s: %s', (networks, address, isTrusted) => {
    expect(trustedProxies(networks.split(','))(address)).toBe(isTrusted);
  });

  it('of none, nobody', () => {
    expect(trustedProxies([])('127.0.0.1')).toBe(false);
  });
});
