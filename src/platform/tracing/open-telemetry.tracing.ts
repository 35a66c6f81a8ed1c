import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  createTraceState,
  diag,
  DiagLogLevel,
  type Span as OpenTelemetrySpan,
  ROOT_CONTEXT,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type PinoLogger } from 'nestjs-pino';
import { type Settings } from '../../config/settings';
import { type TraceContext } from '../../domain/trace-context';
import { type Span, type SpanAttributes, type SpanKind, type SpanOptions, Tracing } from './tracing';

const NAME = 'python-execution-service';
/** What is left when the service stops is sent within this time, or lost. */
const FLUSH_TIMEOUT_MS = 2_000;
/** A collector that is away is no reason to fill the log. */
const COMPLAINT_INTERVAL_MS = 10 * 60_000;

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
};

/**
 * Sends spans to a collector, as OTLP in JSON over HTTP, in batches and beside the work: when it is away, spans are dropped. Where
 * it is, what it is told beside, and which traces are kept, the SDK reads from its own variables (`OTEL_…`).
 */
export class OpenTelemetryTracing extends Tracing {
  private readonly provider: BasicTracerProvider;
  private readonly tracer;
  private lastComplaint = -Infinity;

  constructor(
    { buildNumber, role }: Pick<Settings, 'buildNumber' | 'role'>,
    private readonly logger: PinoLogger,
  ) {
    super();
    const complain = (): void => {
      this.complain();
    };
    const quiet = (): void => undefined;
    diag.setLogger(
      { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    const resource = resourceFromAttributes({
      'service.name': NAME,
      'service.version': buildNumber,
      'service.instance.id': randomUUID(),
      'pyexec.role': role,
    });
    this.provider = new BasicTracerProvider({
      // The operator's own words last: they count.
      resource: defaultResource()
        .merge(resource)
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    this.tracer = this.provider.getTracer(NAME, buildNumber);
  }

  override start(name: string, { kind, parent, attributes = {} }: SpanOptions): Span {
    const options = { kind: KINDS[kind], attributes: present(attributes) };
    return wrap(this.tracer.startSpan(name, options, contextOf(parent)));
  }

  override async flush(): Promise<void> {
    await Promise.race([
      this.provider.shutdown().catch(() => undefined),
      sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
    ]);
  }

  /** Says nothing of why: the SDK's words may repeat the collector's URL and headers. */
  private complain(): void {
    const now = performance.now();
    if (now - this.lastComplaint < COMPLAINT_INTERVAL_MS) return;
    this.lastComplaint = now;
    this.logger.warn('Traces cannot be sent, or a setting of theirs (OTEL_…) is not understood; spans are dropped');
  }
}

function wrap(span: OpenTelemetrySpan): Span {
  return {
    trace: traceOf(span),
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(present(attributes)),
    event: (name) => void span.addEvent(name),
    end: (failure) => {
      if (failure !== undefined) span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function traceOf(span: OpenTelemetrySpan): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const state = traceState?.serialize() ?? '';
  const flags = traceFlags.toString(16).padStart(2, '0');
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: state === '' ? null : state };
}

function contextOf(parent: TraceContext | null): Context {
  if (parent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = ''] = parent.traceparent.split('-');
  const traceState = parent.tracestate === null ? {} : { traceState: createTraceState(parent.tracestate) };
  const traceFlags = parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true, ...traceState });
}

function present(attributes: SpanAttributes): Attributes {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(known) as Attributes;
}
