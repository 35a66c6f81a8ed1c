import { networks } from './network.format';

describe('WEBHOOK_ALLOWED_NETWORKS', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['127.0.0.0/8, ::1/128', ['127.0.0.0/8', '::1/128']],
    ['192.168.1.7/32,fd00::/8,fe80::/10', ['192.168.1.7/32', 'fd00::/8', 'fe80::/10']],
    ['0.0.0.0/0,::/0', ['0.0.0.0/0', '::/0']],
    ['64:ff9b::10.0.0.0/104', ['64:ff9b::10.0.0.0/104']],
  ])('takes %s', (text, expected) => {
    expect(networks.parse(text)).toEqual(expected);
  });

  it.each([
    ['10.0.0.0', 'no prefix'],
    ['10.0.0.0/', 'an empty prefix'],
    ['10.0.0.0/33', 'a prefix longer than an address'],
    ['::/129', 'a prefix longer than an address'],
    ['10.0.0.0/08x', 'a prefix that is no number'],
    ['10.0.0.0/8/8', 'two prefixes'],
    ['10.1.2.3/8', 'bits after the prefix'],
    ['fd00::1/8', 'bits after the prefix'],
    ['10/8', 'a short address'],
    ['0x7f.0.0.0/8', 'an address that is not decimal'],
    ['010.0.0.0/8', 'a zero ahead'],
    ['fe80::%eth0/10', 'a zone'],
    ['::ffff:10.0.0.0/104', 'IPv4 written as IPv6'],
    ['localhost/8', 'a name'],
    ['10.0.0.0/8,', 'an empty entry'],
    ['10.0.0.0/8;fd00::/8', 'another separator'],
  ])('refuses %s (%s)', (text) => {
    expect(networks.parse(text)).toBeUndefined();
  });
});
