import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** The part of IPv6 from which public addresses are assigned: IANA's IPv6 address space registry, RFC 4291. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** What DNS64 makes of an IPv4 address where there is only IPv6: RFC 6052, section 2.1. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');
/** Public space, but in Azure it is the machine's own host: its metadata, among other things. */
const AZURE_HOST = ipaddr.parseCIDR('168.63.129.16/32');

const LOOPBACK = ['127.0.0.1', '::1'];
const METADATA = ['169.254.169.254'];
/** Names with a meaning that no name server is asked for (RFC 6761), or that a cloud's machines all know. */
const MEANINGFUL_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', LOOPBACK],
  ['localhost.localdomain', LOOPBACK],
  ['localhost6', LOOPBACK],
  ['localhost6.localdomain6', LOOPBACK],
  ['ip6-localhost', LOOPBACK],
  ['ip6-loopback', LOOPBACK],
  ['instance-data', METADATA],
  ['instance-data.ec2.internal', METADATA],
  ['metadata', METADATA],
  ['metadata.goog', METADATA],
  ['metadata.google.internal', METADATA],
]);

/**
 * Tells public addresses from all others. Public is what is globally reachable and meant for one ordinary host: whatever
 * IANA's special-purpose address registries list (RFC 6890, RFC 8190) is not, even the few entries there that packets do
 * reach, for they lead to the nearest relay or name server. Networks of the operator's choice are excepted.
 */
export class AddressRule {
  private readonly allowedNetworks: readonly Network[];

  /** @param allowedNetworks in CIDR notation, as `WEBHOOK_ALLOWED_NETWORKS` gives them */
  constructor(allowedNetworks: readonly string[]) {
    this.allowedNetworks = allowedNetworks.map((network) => ipaddr.parseCIDR(network));
  }

  /** Whether an IP address may be connected to. What is no address, or has a zone (`fe80::1%eth0`), may not. */
  allows(address: string): boolean {
    if (isIP(address) === 0 || address.includes('%')) return false;
    const parsed = parse(address);
    return this.allowedNetworks.some((network) => isWithin(parsed, network)) || isPublic(parsed);
  }

  /**
   * Whether an http or https URL may be tried: its host is not written as a forbidden address, in any of the forms that
   * `URL` reads as one, nor as a name for this machine or a cloud's metadata. Where other names lead is not known before
   * the connection is made, and is to be judged then.
   */
  allowsLiteral(url: URL): boolean {
    const host = url.hostname.replace(/^\[|\]$|\.+$/g, '');
    if (isIP(host) !== 0) return this.allows(host);
    const meant = MEANINGFUL_NAMES.get(host.endsWith('.localhost') ? 'localhost' : host);
    return meant === undefined || meant.some((address) => this.allows(address));
  }
}

/** An IPv4 address that is written as IPv6 (::ffff:a.b.c.d) is connected to over IPv4, so it is taken for what it is. */
function parse(address: string): Address {
  if (isIPv4(address)) return ipaddr.parse(address);
  // Without dots: the library takes ::127.0.0.1 for ::ffff:127.0.0.1.
  return ipaddr.process(new URL(`http://[${address}]`).hostname.slice(1, -1));
}

function isPublic(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && !isWithin(address, AZURE_HOST);
  if (isWithin(address, NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  return isWithin(address, GLOBAL_UNICAST) && address.range() === 'unicast' && !isIsatap(address);
}

/** Whether an interface identifier is that of an ISATAP tunnel, which leads to the IPv4 address in it: RFC 5214, 6.1. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  const [, , , , flags = 0, marker] = parts;
  return (flags & 0xfcff) === 0 && marker === 0x5efe;
}

function isWithin(address: Address, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network);
}
