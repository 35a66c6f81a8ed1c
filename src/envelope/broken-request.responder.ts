import { type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { ERROR_CATALOGUE, type PublicErrorEntry } from '../domain/error-catalogue';
import { presentError } from './error.presenter';
import { JSON_CONTENT_TYPE } from './public-answer';

/** Answers what is not HTTP, or arrives too slowly or too large to become a request, in the form of all other errors. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(rawResponse(entryOf(error.code)), () => socket.destroy());
  });
}

function entryOf(errorCode: string | undefined): PublicErrorEntry {
  if (errorCode === 'HPE_HEADER_OVERFLOW') return ERROR_CATALOGUE.headersTooLarge;
  if (errorCode === 'ERR_HTTP_REQUEST_TIMEOUT') return ERROR_CATALOGUE.requestTooSlow;
  return ERROR_CATALOGUE.invalidRequest;
}

function rawResponse(entry: PublicErrorEntry): string {
  const { status, body } = presentError(entry);
  const lines = [
    `HTTP/1.1 ${status} Error`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
