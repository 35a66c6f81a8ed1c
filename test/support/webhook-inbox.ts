import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from './eventually';

/** A webhook as it arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly body: string;
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly atMs: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A receiver of webhooks on 127.0.0.1 that keeps what arrives. */
export class WebhookInbox implements AsyncDisposable {
  readonly received: Received[] = [];

  private constructor(private readonly server: Server) {}

  /** @param reply what to answer to the one that has just arrived; 204 to all, when left out */
  static async open(
    reply: (received: Received, count: number) => Reply = () => ({ status: 204 }),
  ): Promise<WebhookInbox> {
    const server = createServer();
    const inbox = new WebhookInbox(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const received = {
          headers: request.headers,
          path: request.url ?? '',
          body,
          json: JSON.parse(body),
          atMs: Date.now(),
        };
        inbox.received.push(received);
        const { status, headers = {} } = reply(received, inbox.received.length);
        response.writeHead(status, headers).end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return inbox;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Waits until so many have arrived, in all or of one job. */
  async has(count: number, jobId?: string, withinMs = 20_000): Promise<Received[]> {
    const matching = (): Received[] =>
      this.received.filter(({ headers }) => jobId === undefined || headers['webhook-id'] === jobId);
    await eventually(`${count} webhooks`, () => matching().length >= count, withinMs);
    return matching();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
