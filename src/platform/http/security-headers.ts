import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** Paths below which there are pages for browsers; everything else answers programs. */
const PAGES = /^\/(docs|playground|admin)(\/|\?|$)/;

/** Answers for programs: whoever opens one in a browser runs, frames and keeps nothing of it. */
const API_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Pages of ours: everything they need comes from here. Styles may be in the page itself, as those of the libraries are. */
const PAGE_POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

const protectAnswer = protectionBy(API_POLICY);
const protectPage = protectionBy(PAGE_POLICY);

/** Middleware that sets what browsers are to keep to. A route may set any of these headers anew. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (PAGES.test(request.url ?? '')) {
    // Their scripts may be kept, but are asked for again: a new version is there at once.
    response.setHeader('Cache-Control', 'no-cache');
    protectPage(request, response, next);
  } else {
    response.setHeader('Cache-Control', 'no-store');
    protectAnswer(request, response, next);
  }
}

function protectionBy(directives: Record<string, string[]>): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
    // Whether a host is reached by TLS only is known to whoever ends TLS, and never said without it (RFC 6797, section 7.2).
    hsts: false,
    // What only browsers of long ago read.
    dnsPrefetchControl: false,
    ieNoOpen: false,
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
  });
}

/** What {@link setSecurityHeaders} sets on an answer for programs, as lines, where one is written to a socket by hand. */
export const RAW_SECURITY_HEADERS: readonly string[] = rawHeaders();

function rawHeaders(): string[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  setSecurityHeaders(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => `${name}: ${String(value)}`);
}
