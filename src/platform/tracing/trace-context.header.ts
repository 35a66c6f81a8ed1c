import { type IncomingHttpHeaders } from 'node:http';
import { type TraceContext } from '../../domain/trace-context';

/** Version, trace id, parent id, flags; later versions may have more behind that (W3C Trace Context, sections 3.2 and 4.3). */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?<later>-.*)?$/;
/** Handed on as it is: members of a list, visible ASCII (section 3.3.1). Nobody has to hand on more than this (section 3.3.1.5). */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** Where a request stands in its caller's trace; null when its headers name none, or none that is valid. */
export function readTraceContext({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext | null {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (match === null || (traceparent?.toString().startsWith('00') && match.groups?.later !== undefined)) return null;
  const [, traceId, parentId, flags] = match;
  const state = typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? tracestate : null;
  return { traceparent: `00-${traceId}-${parentId}-${flags}`, tracestate: state };
}

/** The headers that hand a trace on. */
export function traceHeaders(trace: TraceContext | null): Record<string, string> {
  if (trace === null) return {};
  const { traceparent, tracestate } = trace;
  return tracestate === null ? { traceparent } : { traceparent, tracestate };
}
