import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

/** Requests that may wait on one connection; what sends more ahead of its answers means harm. */
const MAX_WAITING = 100;

/**
 * Middleware that does one request of a connection at a time. A caller may send many without reading an answer (RFC 9112, section
 * 9.3.2), and Node would do all of them at once and keep every answer in memory until its turn comes.
 */
export function answerInTurn() {
  /** Of each connection with a request under way: how to begin those behind it. */
  const lines = new WeakMap<Socket, (() => void)[]>();
  return ({ socket }: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const line = lines.get(socket);
    const begin = (): void => {
      response.once('close', () => {
        const following = socket.destroyed ? undefined : lines.get(socket)?.shift();
        if (following === undefined) lines.delete(socket);
        else following();
      });
      next();
    };
    if (line === undefined) {
      lines.set(socket, []);
      begin();
    } else if (line.length === MAX_WAITING) {
      socket.destroy();
    } else {
      line.push(begin);
    }
  };
}
