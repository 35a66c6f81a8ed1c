import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Whether an address is one of the proxies whose `X-Forwarded-For` is believed: Express' setting `trust proxy`. An IPv4 address
 * that is written as IPv6, as a socket that listens on both has it, is within the networks of IPv4.
 * @param networks in CIDR notation, as `TRUSTED_PROXIES` gives them; Express' own lists refuse `0.0.0.0/0`
 */
export function trustedProxies(networks: readonly string[]): (address: string | undefined) => boolean {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  // Only the first address is the socket's: the others are what somebody wrote, and may be anything.
  return (address = '') => isIP(address) !== 0 && trusted.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
