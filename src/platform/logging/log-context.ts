import { AsyncLocalStorage } from 'node:async_hooks';
import { type JobFacts } from '../../domain/job-record';
import { type TraceContext, traceIdOf } from '../../domain/trace-context';

/** On whose behalf something is done: every line that is logged meanwhile says so. */
export interface LogContext {
  /** Names the HTTP request, see `nameRequest`. */
  readonly requestId: string | null;
  readonly trace: TraceContext | null;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Does something on behalf of a request: what is called, and awaited, in there finds it with {@link currentContext}. */
export function inContext<T>(context: LogContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request on whose behalf the code that asks runs; undefined when there is none. */
export function currentContext(): LogContext | undefined {
  return storage.getStore();
}

/** The context of the request that made a job, wherever the job is worked on. */
export function contextOfJob({ httpRequestId, traceparent, tracestate }: JobFacts): LogContext {
  return { requestId: httpRequestId, trace: traceparent === null ? null : { traceparent, tracestate } };
}

/** The fields that a line gets from its context; a new object each time, as pino adds to it. */
export function contextFields(context = currentContext()): { requestId?: string; traceId?: string } {
  if (context === undefined) return {};
  return {
    ...(context.requestId && { requestId: context.requestId }),
    ...(context.trace && { traceId: traceIdOf(context.trace) }),
  };
}
