/** Where something stands in a trace, as it goes from process to process (W3C Trace Context, section 3). */
export interface TraceContext {
  /** Version, trace id, id of the parent span, flags. */
  readonly traceparent: string;
  /** What the caller's own tracing adds; null when there is none. */
  readonly tracestate: string | null;
}

/** The id of its trace: 32 hexadecimal digits. */
export function traceIdOf({ traceparent }: TraceContext): string {
  return traceparent.slice(3, 35);
}
