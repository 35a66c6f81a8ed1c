import { type JobFacts } from '../domain/job-record';
import { contextOfJob } from '../platform/logging/log-context';
import { type Span, type Tracing } from '../platform/tracing/tracing';
import { isDelivered, type WebhookAnswer } from './webhook-answer';

/** A try to deliver a job's result, a part of the trace of the request that made the job. Where it goes is nobody's business. */
export function startTrySpan(tracing: Tracing, facts: JobFacts, number: number): Span {
  const attributes = {
    'http.request.method': 'POST',
    'http.request.resend_count': number - 1,
    'pyexec.job.id': facts.id,
  };
  return tracing.start('POST webhook', { kind: 'client', parent: contextOfJob(facts).trace, attributes });
}

export function endTrySpan(span: Span, answer: WebhookAnswer): void {
  if ('status' in answer) span.set({ 'http.response.status_code': answer.status });
  span.end(isDelivered(answer) ? undefined : 'status' in answer ? `${answer.status}` : answer.failure);
}
