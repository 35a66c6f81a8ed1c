import { type JobFacts } from '../domain/job-record';
import { type Outcome } from '../domain/outcome';
import { type TraceContext } from '../domain/trace-context';
import { contextOfJob } from '../platform/logging/log-context';
import { type Span, type SpanAttributes, type Tracing } from '../platform/tracing/tracing';
import { EXECUTION_QUEUE } from './execution-queue';
import { exitFacts, outcomeName } from './job-line';

/** The step from the request into the queue. What is done to the job later, in whatever process, is a part of it. */
export function startAddSpan(tracing: Tracing, parent: TraceContext | null): Span {
  return tracing.start(`add ${EXECUTION_QUEUE}`, {
    kind: 'producer',
    parent,
    attributes: queueAttributes('add', 'send'),
  });
}

/** A worker's work on a job, from taken to closed. */
export function startProcessSpan(tracing: Tracing, facts: JobFacts): Span {
  const attributes = {
    ...queueAttributes('process', 'process'),
    'messaging.message.id': facts.id,
    'pyexec.queue_ms': Math.max(0, Date.now() - facts.acceptedAtMs),
  };
  const parent = contextOfJob(facts).trace;
  return tracing.start(`process ${EXECUTION_QUEUE}`, { kind: 'consumer', parent, attributes });
}

/** What a job's program does to the sandbox: the wait for a jail, then its run. */
export function startRunSpan(tracing: Tracing, parent: TraceContext | null, { timeoutSeconds }: JobFacts): Span {
  const attributes = { 'pyexec.timeout_seconds': timeoutSeconds };
  return tracing.start('run program', { kind: 'internal', parent, attributes });
}

/** How a program ended. That it failed is no failure of the span: the service has done its work. */
export function outcomeAttributes(outcome: Outcome): SpanAttributes {
  const { exitCode, signal, limit } = exitFacts(outcome);
  return {
    'pyexec.outcome': outcomeName(outcome),
    'pyexec.exit_code': exitCode,
    'pyexec.signal': signal,
    'pyexec.limit': limit,
  };
}

function queueAttributes(name: string, type: string): SpanAttributes {
  return {
    'messaging.system': 'bull',
    'messaging.operation.name': name,
    'messaging.operation.type': type,
    'messaging.destination.name': EXECUTION_QUEUE,
  };
}
