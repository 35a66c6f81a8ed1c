import { type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { errorName } from '../domain/startup-error';
import { type AddressRule } from '../platform/net/address-rule';
import { type NameLookup } from './name.resolver';
import { type WebhookFailure } from './webhook-answer';

/** How long an address has to answer while the name has others. */
const NEXT_ADDRESS_AFTER_MS = 2_500;

const WHAT_IS_MISSING = {
  name: 'no address for the host name',
  connection: 'no connection to the host',
  tls: 'no secure connection to the host',
} satisfies Partial<Record<WebhookFailure, string>>;

/** A receiver could not be connected to. Neither a URL nor an address nor a secret is in it. */
export class NoConnectionError extends Error {
  constructor(
    readonly failure: WebhookFailure,
    /** What there is not. */
    readonly missing: string,
    /** Why: a code. */
    reason: string,
  ) {
    super(`${missing} (${reason})`);
  }
}

/**
 * Connects to receivers of webhooks, only at addresses that the rule allows. A name is resolved for each connection, and
 * what it leads to then is what counts; nothing is written to a socket before its other end has been looked at as well.
 */
export class ReceiverConnector {
  constructor(
    private readonly rule: AddressRule,
    private readonly lookup: NameLookup,
  ) {}

  /**
   * A connection to the host of an http or https URL, for https a secure one. Aborting the signal closes it.
   * @throws NoConnectionError
   */
  async connect(url: URL, signal: AbortSignal): Promise<Socket> {
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const isSecure = url.protocol === 'https:';
    const port = Number(url.port || (isSecure ? 443 : 80));
    const addresses = this.allowed(await this.addressesOf(hostname, signal));
    const socket = await during('connection', openSocket(hostname, port, addresses, signal));
    // The rule once more, on where it has really gone: 0.0.0.0, for one, leads to another address than it says.
    if (socket.remoteAddress !== undefined) this.allowed([{ address: socket.remoteAddress, family: 0 }]);
    return isSecure ? during('tls', secure(socket, hostname, signal)) : socket;
  }

  private async addressesOf(hostname: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const family = isIP(hostname);
    return family > 0 ? [{ address: hostname, family }] : during('name', this.lookup(hostname, signal));
  }

  private allowed(addresses: readonly LookupAddress[]): LookupAddress[] {
    const allowed = addresses.filter(({ address }) => this.rule.allows(address));
    if (allowed.length > 0) return allowed;
    throw new NoConnectionError('forbiddenAddress', WHAT_IS_MISSING.connection, 'its address is not public');
  }
}

/** Says at which step an error came. */
async function during<T>(step: keyof typeof WHAT_IS_MISSING, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new NoConnectionError(step, WHAT_IS_MISSING[step], errorName(error));
  }
}

async function openSocket(
  host: string,
  port: number,
  addresses: LookupAddress[],
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({
    ...{ host, port, signal },
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    // Not called for a host that is written as an address.
    lookup: (_hostname, _options, callback) => {
      callback(null, addresses);
    },
  });
  await established(socket, 'connect', signal);
  return socket;
}

/** Verified against the usual authorities and those of `NODE_EXTRA_CA_CERTS`, whatever the environment says else. */
async function secure(socket: Socket, hostname: string, signal: AbortSignal): Promise<TLSSocket> {
  // A name in a certificate, or asked for by SNI (RFC 6066), has no final dot.
  const host = hostname.replace(/\.$/, '');
  const servername = isIP(host) > 0 ? '' : host;
  const secured = connectTls({ socket, host, servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true });
  await established(secured, 'secureConnect', signal);
  return secured;
}

async function established(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  // An error that comes between two who listen must not end the process.
  socket.on('error', () => undefined);
  await once(socket, event, { signal });
}
