import { type Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * Where a request comes from, as far as one caller can be told from another: an IPv4 address, or the /64 of an IPv6 one, which
 * is what a single customer gets (RFC 6177). It is the socket's address, or what `TRUSTED_PROXIES` say in `X-Forwarded-For`.
 */
export function clientAddress(request: Pick<Request, 'ip' | 'socket'>): string {
  return normalized(request.ip) ?? normalized(request.socket.remoteAddress) ?? 'unknown';
}

/** Undefined when it is no address: a proxy hands on what it was told, and a socket that has closed has none. */
function normalized(text: string | undefined): string | undefined {
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  // IPv4 written as IPv6, as a socket that listens on both has it, is IPv4.
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
