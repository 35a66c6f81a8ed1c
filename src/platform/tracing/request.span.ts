import { type Request, type Response } from 'express';
import { jobIdOf } from '../http/job-id';
import { refusalOf } from '../http/refusal';
import { routeOf } from '../http/route';
import { readTraceContext } from './trace-context.header';
import { NoTracing, type Span, type Tracing } from './tracing';

/** Probes, scrapes and pages are nobody's trace. */
const TRACED = '/v1/';
const UNTRACED = new NoTracing();

/** Begins the span of a request, a part of its caller's trace if it has one. Give it to {@link endRequestSpan}. */
export function startRequestSpan(tracing: Tracing, request: Request): Span {
  const parent = readTraceContext(request.headers);
  const { method } = request;
  return (request.path.startsWith(TRACED) ? tracing : UNTRACED).start(method, {
    kind: 'server',
    parent,
    attributes: {
      'http.request.method': method,
      'url.scheme': request.protocol,
      'network.protocol.version': request.httpVersion,
    },
  });
}

/** Ends it, once the answer has been sent, or nobody is left to take it. Only an error of the service makes it a failed one. */
export function endRequestSpan(span: Span, request: Request, response: Response): void {
  const route = routeOf(request);
  if (route !== 'unmatched') span.rename(`${request.method} ${route}`);
  const status = response.headersSent ? response.statusCode : undefined;
  span.set({
    'http.route': route === 'unmatched' ? undefined : route,
    'http.response.status_code': status,
    'pyexec.refusal': refusalOf(response),
    'pyexec.job.id': jobIdOf(response),
  });
  span.end(status !== undefined && status >= 500 ? `${status}` : undefined);
}
