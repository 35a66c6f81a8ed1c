import { type Request } from 'express';
import { clientAddress } from './client-address';

const from = (ip: string | undefined, remoteAddress?: string): string =>
  clientAddress({ ip, socket: { remoteAddress } as Request['socket'] });

describe(clientAddress.name, () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
  ])('takes %s for %s', (ip, address) => {
    expect(from(ip)).toBe(address);
  });

  it.each([undefined, '', 'unknown', '192.0.2.7:4711', 'x'.repeat(9_000)])(
    "takes the socket's where a proxy names none: %#",
    (ip) => {
      expect(from(ip, '::ffff:198.51.100.1')).toBe('198.51.100.1');
    },
  );

  it('is unknown once the socket has closed', () => {
    expect(from(undefined)).toBe('unknown');
  });
});
