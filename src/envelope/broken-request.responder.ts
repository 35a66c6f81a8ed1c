import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { ERROR_CATALOGUE, type PublicErrorEntry } from '../domain/error-catalogue';
import { presentError } from './error.presenter';
import { JSON_CONTENT_TYPE, sendAnswer } from './public-answer';

/**
 * Answers what Node would answer by itself, or not at all, in the form of all other errors: what is not HTTP, or arrives too
 * slowly or too large to become a request, expects what there is not, or asks for a tunnel. {@link requireHost} does the rest.
 */
export function answerBrokenRequests(server: Server): void {
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    refuse(response);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    // It names no path, so there is no method to allow (RFC 9110, section 10.2.1).
    socket.end(rawResponse(ERROR_CATALOGUE.methodNotAllowed, 'Allow: '), () => socket.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(rawResponse(entryOf(error.code)), () => socket.destroy());
  });
}

/** Middleware that refuses a request that does not say which host it is for, as HTTP/1.1 wants it to. */
export function requireHost(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (request.headers.host !== undefined || request.httpVersion !== '1.1') next();
  else refuse(response);
}

function refuse(response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  sendAnswer(response, presentError(ERROR_CATALOGUE.invalidRequest));
}

function entryOf(errorCode: string | undefined): PublicErrorEntry {
  if (errorCode === 'HPE_HEADER_OVERFLOW') return ERROR_CATALOGUE.headersTooLarge;
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') return ERROR_CATALOGUE.requestTooSlow;
  return ERROR_CATALOGUE.invalidRequest;
}

function rawResponse(entry: PublicErrorEntry, ...headers: string[]): string {
  const { status, body } = presentError(entry);
  const lines = [
    `HTTP/1.1 ${status} Error`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
