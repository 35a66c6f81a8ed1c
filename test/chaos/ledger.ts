import { type Answer } from '../support/service';
import { type TokenProgram } from './programs';

/** A call, and what came of it. */
export interface NotedCall {
  readonly what: string;
  /** The job that it is about; null when that is not known. */
  readonly jobId: string | null;
  readonly api: string;
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  /** Null when the connection broke. */
  readonly answer: Answer | null;
  readonly error: string | null;
}

/** How a program is called. */
export interface CallTerms {
  readonly isAsync: boolean;
  readonly hasWebhook: boolean;
  readonly idempotencyKey: string | null;
}

/** A program that was sent, and all that its caller knows of it. */
export class Entry {
  readonly calls: NotedCall[] = [];
  isCancelled = false;

  constructor(
    readonly program: TokenProgram,
    readonly terms: CallTerms,
  ) {}

  /** Its jobs, in order: a key for repeats is free again when its job is lost. */
  get jobIds(): string[] {
    return [...new Set(this.calls.flatMap(({ jobId }) => jobId ?? []))];
  }

  /** What its caller knows of one of its jobs. */
  of(jobId: string): Entry {
    const entry = new Entry(this.program, this.terms);
    entry.calls.push(...this.calls.filter((call) => call.jobId === jobId));
    entry.isCancelled = this.isCancelled;
    return entry;
  }

  /** Answers to its submissions that say what came of it. */
  get outcomes(): Answer[] {
    const submissions = this.calls.filter(({ what }) => what === 'POST').flatMap(({ answer }) => answer ?? []);
    return submissions.filter(({ status }) => [200, 400, 408, 500].includes(status));
  }

  /** Whether its caller may have gone without an answer, which cancels a job that nobody else waits for. */
  get mayBeAbandoned(): boolean {
    const { isAsync, hasWebhook, idempotencyKey } = this.terms;
    return !isAsync && !hasWebhook && idempotencyKey === null && this.outcomes.length === 0;
  }

  get history(): string {
    const calls = this.calls.map(({ what, jobId, api, sentAtMs, endedAtMs, answer, error }) => {
      const said = answer === null ? error : `${answer.status} ${jobId ?? ''} ${answer.text}`;
      return `${time(sentAtMs)}–${time(endedAtMs)} ${what} to ${api}: ${said}`;
    });
    return [`${JSON.stringify(this.terms)} ${JSON.stringify(this.program)}`, ...calls].join('\n  ');
  }
}

/** All programs that were sent. */
export class Ledger {
  readonly entries: Entry[] = [];

  open(program: TokenProgram, terms: CallTerms): Entry {
    const entry = new Entry(program, terms);
    this.entries.push(entry);
    return entry;
  }
}

const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23);
