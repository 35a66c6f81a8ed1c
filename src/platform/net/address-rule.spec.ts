import { BlockList } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { IPV4_REGISTRY, IPV6_REGISTRY, OTHER_IPV4, OTHER_IPV6 } from '../../../test/fixtures/special-addresses';
import { AddressRule } from './address-rule';

const PUBLIC_IPV4 = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.215.14',
  '100.63.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '223.255.255.255',
];
const PUBLIC_IPV6 = [
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450:4007::200e',
  '2003::1',
  '3ffe::1',
  '2003::1:5efe:7f00:1',
];

const rule = new AddressRule([]);
const address4 = fc.ipV4();
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toText);

function toText(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString();
}

/** Node's own idea of what lies in a network: another hand than the library's that the rule uses. */
function listOf(rows: readonly (readonly [string, string])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network] of rows) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** The first and last address of a network, and some within. */
function samplesOf(network: string): string[] {
  const [address, prefix] = ipaddr.parseCIDR(network);
  const first = address.toByteArray();
  const spread = (filler: number): string => {
    const host = first.map((byte, index) => byte | (filler & (0xff >> Math.min(8, Math.max(0, prefix - 8 * index)))));
    return toText(Uint8Array.from(host));
  };
  return [0, 0x55, 0xaa, 0xff].map(spread);
}

/** The last 32 bits of an IPv6 address. */
function hextets(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** The ways in which a URL may write an IPv4 address: https://url.spec.whatwg.org/#concept-ipv4-parser */
function spellings(address: string): fc.Arbitrary<string> {
  const octets = address.split('.').map(Number);
  const number = (value: number): fc.Arbitrary<string> =>
    fc.constantFrom(`${value}`, `0${value.toString(8)}`, `0x${value.toString(16)}`, `0X000${value.toString(16)}`);
  const joined = fc.integer({ min: 1, max: 4 }).chain((count) => {
    const last = octets.slice(count - 1).reduce((value, octet) => value * 256 + octet, 0);
    return fc.tuple(...[...octets.slice(0, count - 1), last].map(number)).map((parts) => parts.join('.'));
  });
  const brackets = [`[::ffff:${address}]`, `[0:0:0:0:0:FFFF:${hextets(address)}]`, `[64:ff9b::${hextets(address)}]`];
  return fc.oneof(
    joined,
    joined.map((text) => `${text}.`),
    joined.map((text) => text.replace(/\d/, (digit) => `%3${digit}`)),
    fc.constantFrom(...brackets),
  );
}

describe(AddressRule.name, () => {
  describe('allows', () => {
    it.each([...IPV4_REGISTRY, ...OTHER_IPV4])('refuses %s, %s, however it is written', (network) => {
      for (const address of samplesOf(network)) {
        const forms = [address, `::ffff:${address}`, `::${address}`, `64:ff9b::${address}`, `64:ff9b:1::${address}`];
        expect(forms.filter((form) => rule.allows(form))).toEqual([]);
      }
    });

    it.each([...IPV6_REGISTRY, ...OTHER_IPV6])('refuses %s, %s', (network) => {
      // Within the networks that hold others, the exceptions are tested by themselves.
      const samples = samplesOf(network).filter((address) => !/^(::ffff:\w+:\w+|64:ff9b::.*)$/.test(address));
      expect(samples.filter((address) => rule.allows(address))).toEqual([]);
    });

    it.each([...PUBLIC_IPV4, ...PUBLIC_IPV6])('allows %s', (address) => {
      expect(rule.allows(address)).toBe(true);
    });

    it.each(PUBLIC_IPV4)('judges %s inside of IPv6 by itself where it is what would be connected to', (address) => {
      expect(rule.allows(`::ffff:${address}`)).toBe(true);
      expect(rule.allows(`64:ff9b::${address}`)).toBe(true);
      expect(rule.allows(`::${address}`)).toBe(false);
      expect(rule.allows(`2002:${hextets(address)}::1`)).toBe(false);
      expect(rule.allows(`2001:0:${hextets(address)}::1`)).toBe(false);
      expect(rule.allows(`2606:4700::5efe:${address}`)).toBe(false);
      expect(rule.allows(`2606:4700::200:5efe:${address}`)).toBe(false);
    });

    it.each(['', 'localhost', '127.1', '0x7f.0.0.1', '010.0.0.1', '8.8.8.8.', ' 8.8.8.8', '8.8.8.8/32', '[2003::1]'])(
      'refuses %j, which is no address',
      (text) => {
        expect(rule.allows(text)).toBe(false);
      },
    );

    it('refuses addresses with a zone, in allowed networks too', () => {
      expect(rule.allows('2606:4700:4700::1111%eth0')).toBe(false);
      expect(new AddressRule(['fe80::/10']).allows('fe80::1%1')).toBe(false);
    });

    it('agrees with the registries on every IPv4 address', () => {
      const refused = listOf([...IPV4_REGISTRY, ...OTHER_IPV4], 'ipv4');
      fc.assert(
        fc.property(address4, (address) => {
          expect(rule.allows(address)).toBe(!refused.check(address, 'ipv4'));
        }),
        { numRuns: 5_000 },
      );
    });

    it('agrees with the registries on every IPv6 address', () => {
      const refused = listOf([...IPV6_REGISTRY, ...OTHER_IPV6], 'ipv6');
      const anywhere = fc.oneof(
        address6,
        address6.map((address) => address.replace(/^\w*/, '2001')),
      );
      fc.assert(
        fc.property(anywhere, (address) => {
          fc.pre(ipaddr.IPv6.isValid(address) && !/:0?200:5efe:|::5efe:/.test(address));
          expect(rule.allows(address)).toBe(!refused.check(address, 'ipv6'));
        }),
        { numRuns: 5_000 },
      );
    });
  });

  describe('allows, with exceptions', () => {
    const lenient = new AddressRule(['127.0.0.0/8', '10.1.0.0/16', 'fd12::/16', '168.63.129.16/32']);

    it.each([
      '127.0.0.1',
      '127.255.255.255',
      '::ffff:127.0.0.1',
      '10.1.255.1',
      'fd12:ffff::1',
      '168.63.129.16',
      '8.8.8.8',
    ])('allows %s', (address) => {
      expect(lenient.allows(address)).toBe(true);
    });

    it.each(['::1', '0.0.0.0', '10.2.0.1', '::127.0.0.1', 'fd13::1', '169.254.169.254', '::ffff:10.2.0.1'])(
      'still refuses %s',
      (address) => {
        expect(lenient.allows(address)).toBe(false);
      },
    );

    it("excepts no address behind a NAT64, where it is another machine's", () => {
      expect(lenient.allows('64:ff9b::127.0.0.1')).toBe(false);
      expect(new AddressRule(['64:ff9b::10.0.0.0/104']).allows('64:ff9b::10.0.0.1')).toBe(true);
    });

    it('allows all that is within, and changes nothing outside', () => {
      fc.assert(
        fc.property(address4, address4, fc.integer({ min: 0, max: 32 }), (inside, other, prefix) => {
          const network = `${ipaddr.IPv4.networkAddressFromCIDR(`${inside}/${prefix}`).toString()}/${prefix}`;
          const excepting = new AddressRule([network]);
          const list = listOf([[network, '']], 'ipv4');
          expect(excepting.allows(inside)).toBe(true);
          expect(excepting.allows(other)).toBe(list.check(other, 'ipv4') || rule.allows(other));
        }),
      );
    });
  });

  describe('allowsLiteral', () => {
    it('sees an address in whatever way it is written', () => {
      const written = address4.chain((address) => spellings(address).map((spelling) => ({ address, spelling })));
      const special = fc.constantFrom('127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '192.168.0.1');
      const local = special.chain((address) => spellings(address).map((spelling) => ({ address, spelling })));
      fc.assert(
        fc.property(fc.oneof(written, local), ({ address, spelling }) => {
          expect(rule.allowsLiteral(new URL(`http://user:pass@${spelling}:8080/path`))).toBe(rule.allows(address));
        }),
        { numRuns: 2_000 },
      );
    });

    it.each([
      'http://2130706433/',
      'http://017700000001/',
      'http://0x7f000001/',
      'http://127.1/',
      'http://127.0.0.1./',
      'http://0/',
      'http://①②⑦.⓪.⓪.①/',
      'http://127。0。0。1/',
      'http://public.example@127.0.0.1/',
      'http://[::1]/',
      'http://[::]/',
      'http://[0:0:0:0:0:ffff:7f00:1]/',
      'http://[::127.0.0.1]/',
      'http://[2002:7f00:1::]/',
      'http://[fd00:ec2::254]/latest/meta-data',
      'https://localhost:8080/',
      'https://LOCALHOST./',
      'http://a.b.localhost/',
      'http://localhost.localdomain/',
      'http://ip6-localhost/',
      'http://ip6-loopback/',
      'http://metadata.google.internal/computeMetadata/v1/',
      'http://metadata.google.internal./',
      'http://instance-data/',
    ])('refuses %s', (url) => {
      expect(rule.allowsLiteral(new URL(url))).toBe(false);
    });

    it.each([
      'https://example.com/127.0.0.1',
      'http://127.0.0.1@example.com/',
      'http://127.0.0.1.example.com/',
      'http://localhost.example.com/',
      'http://notlocalhost/',
      'http://8.8.8.8/',
      'http://[2606:4700:4700::1111]:8080/',
    ])('allows %s', (url) => {
      expect(rule.allowsLiteral(new URL(url))).toBe(true);
    });

    it.each([
      ['127.0.0.0/8', 'http://localhost:3000/'],
      ['127.0.0.0/8', 'http://app.localhost/'],
      ['127.0.0.0/8', 'http://[::ffff:127.0.0.1]/'],
      ['::1/128', 'http://ip6-localhost/'],
      ['169.254.169.254/32', 'http://metadata.google.internal/'],
    ])('allows what %s excepts: %s', (network, url) => {
      expect(new AddressRule([network]).allowsLiteral(new URL(url))).toBe(true);
    });
  });
});
