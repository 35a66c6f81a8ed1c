import { randomUUID } from 'node:crypto';
import { type CompletedRun } from '../../src/domain/completed-run';
import { type JobFacts } from '../../src/domain/job-record';
import { type Outcome } from '../../src/domain/outcome';

/** Facts of a job of its own whose caller waits at an address where nobody listens. */
export function sampleFacts(differences: Partial<JobFacts> = {}): JobFacts {
  return {
    id: randomUUID(),
    requestId: null,
    httpRequestId: null,
    traceparent: null,
    tracestate: null,
    callerName: 'caller',
    timeoutSeconds: 30,
    webhookUrl: null,
    replyTo: null,
    queueLength: null,
    isIdempotent: false,
    acceptedAtMs: Date.now(),
    ...differences,
  };
}

export const RETURNED: Outcome = { kind: 'returned', resultJson: '2', stdout: 'Hola\n', stderr: '' };
export const CANCELLED: Outcome = { kind: 'cancelled', stdout: 'partial', stderr: '' };

/** A run that came to this. */
export function sampleRun(outcome: Outcome = RETURNED): CompletedRun {
  return { startedAtMs: 1_000, execution: { outcome, pid: 4711, runTimeMs: 123 } };
}
