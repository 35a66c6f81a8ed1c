import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type SettingFormat } from './setting.decorator';

/** Networks in CIDR notation (RFC 4632, RFC 4291), "," between them. */
export const networks: SettingFormat<string[]> = {
  rule: 'a list of networks in CIDR notation with "," between them, no bit set after the prefix',
  parse: (text) => {
    const list = text.split(',').map((entry) => entry.trim());
    return list.every(isNetwork) ? list : undefined;
  },
};

function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/');
  // The library also takes 0x7f.1 and fe80::1%eth0, and any number of digits.
  if (rest.length > 0 || isIP(address) === 0 || address.includes('%') || !/^\d{1,3}$/.test(prefix)) return false;
  if (!ipaddr.isValidCIDR(text)) return false;
  const parsed = ipaddr.parse(address);
  const family = parsed instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  // `10.1.2.3/8` lets more in than it seems to. `::ffff:10.0.0.0/104` is IPv4 and is to be written so.
  return family.networkAddressFromCIDR(text).toString() === parsed.toString() && !isMapped(parsed);
}

function isMapped(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
}
