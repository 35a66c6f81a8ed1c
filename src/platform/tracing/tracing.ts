import { type TraceContext } from '../../domain/trace-context';

/** OpenTelemetry's kinds of spans: who is asked, who asks, and both ends of a queue. */
export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Named as OpenTelemetry's semantic conventions have it. Never programs, output, keys, or where webhooks go; undefined: none. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface SpanOptions {
  readonly kind: SpanKind;
  /** What it is a part of; null: it begins a trace. */
  readonly parent: TraceContext | null;
  readonly attributes?: SpanAttributes;
}

/** Something that takes time, as traces show it. */
export interface Span {
  /** What its parts have for a parent, here and in other processes; null when there is no trace. */
  readonly trace: TraceContext | null;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Notes a moment in it. */
  event(name: string): void;
  /** Ends it. @param failure the service's own failure, or a receiver's, in a word; never what came of a program */
  end(failure?: string): void;
}

/** Shows where the time of a request goes, over all processes. The injection token and the contract in one. None of it throws. */
export abstract class Tracing {
  abstract start(name: string, options: SpanOptions): Span;

  /** Sends what is left, or gives up after a moment. */
  abstract flush(): Promise<void>;
}

/** Without a collector: no spans, and a caller's trace is handed on as it came. */
export class NoTracing extends Tracing {
  override start(_name: string, { parent }: SpanOptions): Span {
    return parent === null ? NO_SPAN : { ...NO_SPAN, trace: parent };
  }

  override flush(): Promise<void> {
    return Promise.resolve();
  }
}

const NO_SPAN: Span = {
  trace: null,
  rename: () => undefined,
  set: () => undefined,
  event: () => undefined,
  end: () => undefined,
};
