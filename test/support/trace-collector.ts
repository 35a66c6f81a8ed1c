import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from './eventually';

/** A span as it is told to collectors: https://github.com/open-telemetry/opentelemetry-proto, `trace.proto`, in JSON. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly status: { readonly code: number };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  /** What is said of the process that made it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

type Pairs = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Pairs };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'events' | 'resource'> & {
        readonly attributes: Pairs;
        readonly events?: readonly { readonly name: string }[];
      })[];
    }[];
  }[];
}

/** A collector of OpenTelemetry traces on 127.0.0.1 that keeps what arrives: OTLP over HTTP, in JSON. */
export class TraceCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** All that has arrived, as it was. */
  text = '';
  readonly authorizations = new Set<string | undefined>();

  private constructor(private readonly server: Server) {}

  static async open(): Promise<TraceCollector> {
    const server = createServer();
    const collector = new TraceCollector(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        collector.authorizations.add(request.headers.authorization);
        if (request.url === '/v1/traces') collector.take(body);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return collector;
  }

  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Waits for a trace to have so many spans. */
  async trace(traceId: string, count: number): Promise<CollectedSpan[]> {
    const ofTrace = (): CollectedSpan[] => this.spans.filter((span) => span.traceId === traceId);
    await eventually(`${count} spans`, () => ofTrace().length >= count, 20_000);
    return ofTrace();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(body: string): void {
    this.text += body;
    for (const { resource, scopeSpans } of (JSON.parse(body) as TraceRequest).resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const { attributes, events = [] } = span;
        this.spans.push({
          ...span,
          attributes: read(attributes),
          events: events.map(({ name }) => name),
          resource: read(resource.attributes),
        });
      }
    }
  }
}

/** `[{key, value: {stringValue}}]` as an object. */
function read(pairs: Pairs): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
