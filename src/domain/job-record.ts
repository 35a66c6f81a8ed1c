import { type CompletedRun } from './completed-run';
import { type FinalState, type JobState } from './job-state';

/** What is known of a job from the moment it is accepted, and never changes. Its program is not part of it. */
export interface JobFacts {
  /** UUID; names the job on every instance. */
  readonly id: string;
  /** The caller's own name for the request. */
  readonly requestId: string | null;
  /** Names the HTTP request that made it, in the log: its `X-Request-Id`. */
  readonly httpRequestId: string | null;
  /** Where it stands in its caller's trace, as `traceparent` says it (W3C Trace Context); null without traces. */
  readonly traceparent: string | null;
  /** What its caller's tracing says beside that, in `tracestate`. */
  readonly tracestate: string | null;
  /** Name of the key that made it. */
  readonly callerName: string;
  readonly timeoutSeconds: number;
  /** May hold credentials: not for logs. */
  readonly webhookUrl: string | null;
  /** Address of the instance that holds its caller's connection; null when the caller was answered at once, with 202. */
  readonly replyTo: string | null;
  /** Jobs that were waiting when it was accepted; null where its caller waits for the outcome. */
  readonly queueLength: number | null;
  /** Whether a repeat of the request gets this job's answer. */
  readonly isIdempotent: boolean;
  /** When it was accepted, in milliseconds of the accepting machine's clock. */
  readonly acceptedAtMs: number;
}

/** How a job ended. */
export interface JobEnd {
  readonly state: FinalState;
  readonly finishedAtMs: number;
  /** Jobs that were waiting then. */
  readonly queueLength: number;
  /** Null when the job came to no outcome: it is `lost`. */
  readonly run: CompletedRun | null;
}

/** One try to deliver a job's result to its webhook. */
export interface DeliveryTry {
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** The receiver's status; null when there was none. */
  readonly status: number | null;
  /** Why there was none, in a word or two; never an address or a secret. */
  readonly failure: string | null;
  /** When the next try is due; null when there is none. */
  readonly nextTryAtMs: number | null;
}

export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** What has become of telling somebody a job's result. */
export interface Delivery {
  readonly state: DeliveryState;
  readonly tries: readonly DeliveryTry[];
  /** How often it was asked for again after it had ended. */
  readonly series: number;
  /** How many of the tries belong to what had ended then. */
  readonly earlierTries: number;
}

/** All that is known of a job. */
export interface JobRecord {
  readonly facts: JobFacts;
  readonly state: JobState;
  /** When its program was started, in milliseconds of the worker's clock. */
  readonly startedAtMs: number | null;
  /** Address of the process that runs it, or ran it. */
  readonly worker: string | null;
  /** Null until it has ended. */
  readonly end: JobEnd | null;
  /** Null when nobody is to be told. */
  readonly delivery: Delivery | null;
}

/** A record of a job that has ended. */
export type EndedJob = JobRecord & { readonly end: JobEnd };

export function hasEnded(record: JobRecord): record is EndedJob {
  return record.end !== null;
}

/** Whether a job is run although its caller has hung up: somebody else waits for it, or the caller comes back. */
export function outlivesCaller(facts: JobFacts): boolean {
  return facts.webhookUrl !== null || facts.isIdempotent;
}
