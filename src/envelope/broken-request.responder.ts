import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ErrorCode, PublicError } from '../domain/error-catalogue';
import { type InvalidPart, invalidHeader } from '../domain/invalid-part';
import { type HttpMetrics } from '../platform/http/http.metrics';
import { nameRequest, newRequestId, REQUEST_ID_HEADER } from '../platform/http/request-id';
import { RAW_SECURITY_HEADERS, setSecurityHeaders } from '../platform/http/security-headers';
import { presentError } from './error.presenter';
import { JSON_CONTENT_TYPE, sendAnswer } from './public-answer';

/**
 * Answers what Node would answer by itself, or not at all, in the form of all other errors: what is not HTTP, or arrives too
 * slowly or too large to become a request, expects what there is not, or asks for a tunnel. {@link checkHost} does the rest.
 */
export function answerBrokenRequests(server: Server, metrics: HttpMetrics): void {
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    metrics.countRefusal('invalidRequest');
    nameRequest(request, response);
    setSecurityHeaders(request, response, () => {
      refuse(response, invalidHeader('Expect', 'names what is not done here'));
    });
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    metrics.countRefusal('methodNotAllowed');
    // It names no path, so there is no method to allow (RFC 9110, section 10.2.1).
    socket.end(rawResponse('methodNotAllowed', 'Allow: '), () => socket.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const code = publicCodeOf(error.code);
    metrics.countRefusal(code);
    socket.end(rawResponse(code), () => socket.destroy());
  });
}

/** A host and perhaps a port (RFC 9110, section 7.2; RFC 3986, section 3.2.2). Both may be empty. */
const HOST = /^(\[[\w.:~!$&'()*+,;=%-]+\]|([\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(:\d*)?$/i;

/** Middleware that refuses a request that does not say which one host it is for (RFC 9112, section 3.2). */
export function checkHost(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const problem = hostProblem(request);
  if (problem === undefined) next();
  else refuse(response, invalidHeader('Host', problem));
}

function hostProblem({ headers: { host }, rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  if (host === undefined) return httpVersion === '1.1' ? 'is required' : undefined;
  if (!HOST.test(host)) return 'must be a host and perhaps a port';
  // Of several, `headers` has the first.
  const lines = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return lines.length > 1 ? 'must be there once' : undefined;
}

function refuse(response: ServerResponse, invalid: InvalidPart): void {
  response.setHeader('Connection', 'close');
  sendAnswer(response, presentError(new PublicError('invalidRequest', { errors: [invalid] })));
}

function publicCodeOf(errorCode: string | undefined): ErrorCode {
  if (errorCode === 'HPE_HEADER_OVERFLOW') return 'headersTooLarge';
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') return 'requestTooSlow';
  return 'invalidRequest';
}

/** What goes out where there is no request, so none that asks for another form either. */
function rawResponse(code: ErrorCode, ...headers: string[]): string {
  const { status, body } = presentError(new PublicError(code));
  const lines = [
    `HTTP/1.1 ${status} Error`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...RAW_SECURITY_HEADERS,
    `${REQUEST_ID_HEADER}: ${newRequestId()}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
