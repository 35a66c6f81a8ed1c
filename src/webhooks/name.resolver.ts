import { type LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { untilAborted } from '../platform/until-aborted';

/** The addresses of a name, one at least. Rejects when it has none, and once the signal is aborted. */
export type NameLookup = (hostname: string, signal: AbortSignal) => Promise<LookupAddress[]>;

/** Seven seconds for a name server that does not answer, as c-ares counts. */
const QUERY = { timeout: 2_000, tries: 2 };
/** What c-ares says of a name without addresses in the DNS. */
const NOT_IN_DNS = ['ENOTFOUND', 'ENODATA'];

export interface NameResolverOptions {
  /** Name servers in place of the machine's. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  /** How the machine itself resolves a name. */
  readonly machineLookup?: (hostname: string, options: { all: true }) => Promise<LookupAddress[]>;
}

/**
 * Resolves names so that one whose name server does not answer holds up no other. `dns.lookup` would: it calls
 * getaddrinfo(3), ten seconds long for such a name, in one of the two threads that libuv leaves to the lookups of the whole
 * process. So name servers are asked directly, and the machine only for names of its own: those in its hosts file, and,
 * one after the other, those that are not in the DNS, as short names in a search domain are.
 */
export class NameResolver {
  private readonly servers: readonly string[] | undefined;
  private readonly hostsFile: string;
  private readonly machineLookup: NonNullable<NameResolverOptions['machineLookup']>;
  /** Settles when the machine has been asked for all names that wait for it. */
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor({ servers, hostsFile = '/etc/hosts', machineLookup = lookup }: NameResolverOptions = {}) {
    this.servers = servers;
    this.hostsFile = hostsFile;
    this.machineLookup = machineLookup;
  }

  /** IPv4 first: more receivers answer there, and where there is only IPv6 a connection fails at once. */
  readonly resolve: NameLookup = async (hostname, signal) => {
    if (await this.isInHostsFile(hostname)) return this.machineLookup(hostname, { all: true });
    const addresses = await this.askNameServers(hostname, signal);
    // A lookup of the machine's cannot be cancelled, only left alone.
    return addresses ?? untilAborted(this.askMachine(hostname, signal), signal);
  };

  /** Null when the name is not in the DNS. */
  private async askNameServers(hostname: string, signal: AbortSignal): Promise<LookupAddress[] | null> {
    const resolver = new Resolver(QUERY);
    if (this.servers !== undefined) resolver.setServers(this.servers);
    const queries = Promise.allSettled([addressesOf(resolver, hostname, 4), addressesOf(resolver, hostname, 6)]);
    const cancel = (): void => {
      resolver.cancel();
    };
    signal.addEventListener('abort', cancel);
    const results = await queries;
    signal.removeEventListener('abort', cancel);
    signal.throwIfAborted();
    const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (found.length > 0) return found;
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    const failure = errors.find((error) => !NOT_IN_DNS.includes((error as NodeJS.ErrnoException).code ?? ''));
    if (failure !== undefined) throw failure;
    return null;
  }

  /** One name at a time, for whoever has not given up when its turn comes. */
  private askMachine(hostname: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const turn = this.lastTurn.then(() => {
      signal.throwIfAborted();
      return this.machineLookup(hostname, { all: true });
    });
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  /** hosts(5): an address, its names, and a comment on each line. */
  private async isInHostsFile(hostname: string): Promise<boolean> {
    const text = await readFile(this.hostsFile, 'utf8').catch(() => '');
    const names = text.split('\n').flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1));
    return names.some((name) => name.toLowerCase() === hostname.replace(/\.$/, ''));
  }
}

async function addressesOf(resolver: Resolver, hostname: string, family: 4 | 6): Promise<LookupAddress[]> {
  const addresses = await (family === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname));
  return addresses.map((address) => ({ address, family }));
}
