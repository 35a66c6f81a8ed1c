import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { eventually } from './eventually';

/** What a receiver does with a connection once a whole request has come over it; for `accept`, before anything has. */
export interface Behaviour {
  readonly accept?: (socket: Socket) => void;
  readonly answer?: (socket: Socket) => void;
}

/** A receiver of webhooks on 127.0.0.1 that does to its sender whatever a test wants. */
export class Receiver implements AsyncDisposable {
  /** What has come over each connection, which are to be made one after the other. */
  readonly requests: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** Listens for HTTP, or with a certificate for HTTPS. */
  static async start({ accept, answer }: Behaviour, tls?: TlsOptions): Promise<Receiver> {
    const server = tls === undefined ? createTcpServer() : createTlsServer(tls);
    const receiver = new Receiver(server);
    // A connection counts from its first packet on: a secure one may never come to be.
    server.on('connection', (socket: Socket) => {
      receiver.hold(socket);
    });
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      receiver.listenTo(socket, answer);
      accept?.(socket);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resolves when all connections are closed, by whichever side. */
  async released(): Promise<void> {
    await eventually('the connections are closed', () => this.sockets.size === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private hold(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    this.requests.push('');
  }

  private listenTo(socket: Socket, answer: Behaviour['answer']): void {
    const number = this.requests.length - 1;
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        const request = `${this.requests[number] ?? ''}${chunk.toString('latin1')}`;
        this.requests[number] = request;
        const head = request.indexOf('\r\n\r\n') + 4;
        const length = Number(/^content-length: (\d+)/im.exec(request)?.[1] ?? 0);
        if (head >= 4 && request.length === head + length) answer?.(socket);
      });
  }
}

/** Writes these texts and closes the connection. */
export function saying(...texts: readonly string[]): (socket: Socket) => void {
  return (socket) => {
    for (const text of texts) socket.write(text);
    socket.end();
  };
}

/** Writes a text again and again, as fast as it is taken. */
export function flooding(text: string, first = ''): (socket: Socket) => void {
  const block = text.repeat(Math.ceil(16_384 / text.length));
  return (socket) => {
    const write = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', write);
    socket.write(first);
    write();
  };
}

/** Writes a text again and again, a few bytes at a time. */
export function dripping(text: string, first = ''): (socket: Socket) => void {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write(text), 5);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
}
