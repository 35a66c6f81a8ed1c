import { type AnsweredJob, answerFromRecord } from '../domain/answered-job';
import { type EndedJob, type JobFacts, type JobRecord } from '../domain/job-record';
import { stateAfter } from '../domain/job-state';
import { type Outcome } from '../domain/outcome';

const ACCEPTED_AT_MS = Date.UTC(2026, 10, 23, 9, 30);
const OUTPUT = { stdout: '3 values\n', stderr: '' };

/** What the jobs of the examples come to. */
export const SAMPLE_OUTCOMES = {
  returned: { kind: 'returned', resultJson: '{"mean": 2.3333333333333335, "median": 2}', ...OUTPUT },
  raised: {
    kind: 'raised',
    traceback:
      'Traceback (most recent call last):\n  File "<code>", line 2, in <module>\n    print(1 / n)\n          ~~^~~\n' +
      'ZeroDivisionError: division by zero',
    ...OUTPUT,
  },
  exited: { kind: 'exited', exitCode: 3, message: null, ...OUTPUT },
  signalled: { kind: 'signalled', signal: 11, ...OUTPUT },
  overLimit: { kind: 'overLimit', limit: 'memory', mebibytes: 256, ...OUTPUT },
  cancelled: { kind: 'cancelled', ...OUTPUT },
  timedOut: { kind: 'timedOut', timeoutSeconds: 10, ...OUTPUT },
} as const satisfies Record<string, Outcome>;

const FACTS: JobFacts = {
  id: 'b5a3ae02-4f3e-45f0-9b0b-e4aeb2e63e09',
  requestId: 'report-7',
  httpRequestId: null,
  traceparent: null,
  tracestate: null,
  callerName: 'team',
  timeoutSeconds: 10,
  webhookUrl: null,
  replyTo: null,
  queueLength: 0,
  isIdempotent: false,
  acceptedAtMs: ACCEPTED_AT_MS,
};

/** A job that has just been accepted. */
export const SAMPLE_FACTS: JobFacts = FACTS;

/** The record of a job that waits. */
export const QUEUED_JOB: JobRecord = {
  facts: FACTS,
  state: 'queued',
  startedAtMs: null,
  worker: null,
  end: null,
  delivery: null,
};

/** The record of a job that came to this outcome. */
export function endedJob(outcome: Outcome): EndedJob {
  const startedAtMs = ACCEPTED_AT_MS + 1;
  const finishedAtMs = startedAtMs + 5;
  const run = { startedAtMs, execution: { outcome, pid: 20035, runTimeMs: 4 } };
  return {
    ...QUEUED_JOB,
    state: stateAfter(outcome),
    startedAtMs,
    worker: null,
    end: { state: stateAfter(outcome), finishedAtMs, queueLength: 0, run },
  };
}

/** The same, as it is answered. */
export function answeredJob(outcome: Outcome): AnsweredJob {
  return answerFromRecord(endedJob(outcome));
}

/** One whose webhook was refused once, and is to be told again. */
export function jobWithDelivery(): EndedJob {
  const job = endedJob(SAMPLE_OUTCOMES.returned);
  const startedAtMs = job.end.finishedAtMs + 20;
  const failed = { startedAtMs, durationMs: 14, status: 503, failure: null, nextTryAtMs: startedAtMs + 5_000 };
  return {
    ...job,
    facts: { ...job.facts, webhookUrl: 'https://example.com/hooks/python' },
    delivery: { state: 'pending', tries: [failed], series: 0, earlierTries: 0 },
  };
}
