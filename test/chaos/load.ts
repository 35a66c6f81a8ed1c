import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../support/random';
import { type Answer, type CallOptions, ENDPOINT, type Service } from '../support/service';
import { within } from '../support/within';
import { type CallTerms, type Entry, type Ledger } from './ledger';
import { type Member } from './member';
import { drawProgram, longProgram } from './programs';
import { API_KEY } from './topology';

/** Nobody is kept waiting for longer, whatever happens. */
const PATIENCE_SECONDS = 120;
const REPEAT_AFTER_MS = 300;
/** Of callers that do not wait for outcomes: what they send is to be done soon after the faults. */
const PAUSE_MS = 1_200;
const CALLERS = { sync: 6, async: 3, idempotent: 3, cancelling: 1 } as const;
const STREAM = 7919;

type CallerKind = keyof typeof CALLERS;

/** Callers of several kinds, each of which makes one call after the other, to whichever instance. */
export class Load {
  private isOver = false;
  private isAborted = false;
  private readonly callers: Promise<void>[] = [];

  constructor(
    private readonly apis: readonly Member<Service>[],
    private readonly ledger: Ledger,
    private readonly inboxUrl: string,
    private readonly seed: number,
  ) {}

  start(): void {
    for (const [kind, count] of Object.entries(CALLERS)) {
      for (let number = 0; number < count; number++) {
        const random = new Random(this.seed + STREAM * (this.callers.length + 1));
        this.callers.push(this.keepCalling(kind as CallerKind, `${kind}-${number}`, random));
      }
    }
  }

  /** Resolves when each caller has been answered its last call. */
  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.callers);
  }

  /** Nobody is there any more who could answer. */
  async abort(): Promise<void> {
    this.isAborted = true;
    await this.stop();
  }

  private async keepCalling(kind: CallerKind, name: string, random: Random): Promise<void> {
    for (let number = 0; !this.isOver; number++) {
      const token = `${name}-${number}`;
      const isAsync = kind === 'async' || kind === 'cancelling' || (kind === 'idempotent' && random.below(4) === 0);
      const idempotencyKey = kind === 'idempotent' ? token : null;
      const program = kind === 'cancelling' ? longProgram(random, token) : drawProgram(random, token);
      const entry = this.ledger.open(program, { isAsync, hasWebhook: random.below(3) === 0, idempotencyKey });
      if (kind === 'idempotent') await this.callUntilAnswered(entry, random);
      else await this.submit(entry, random);
      if (kind === 'cancelling') await this.cancel(entry, random);
      await this.look(entry, random);
      if (isAsync || entry.outcomes.length === 0) await sleep(random.below(PAUSE_MS));
    }
  }

  /** Repeats a call with its key until it has an answer, and then once more. */
  private async callUntilAnswered(entry: Entry, random: Random): Promise<void> {
    const isAnswered = (answer: Answer | null): boolean =>
      answer !== null && [200, 202, 400, 408, 500].includes(answer.status);
    while (!isAnswered(await this.submit(entry, random)) && !this.isAborted) await sleep(REPEAT_AFTER_MS);
    await this.submit(entry, random);
  }

  private async submit(entry: Entry, random: Random): Promise<Answer | null> {
    const { program, terms } = entry;
    const { token, code, timeout } = program;
    const body = { code, timeout, id: token, ...(terms.hasWebhook && { webhook_url: `${this.inboxUrl}/${token}` }) };
    return this.call(entry, random, 'POST', { headers: headersOf(terms), path: ENDPOINT }, body);
  }

  private async cancel(entry: Entry, random: Random): Promise<void> {
    const jobId = entry.jobIds.at(-1);
    if (jobId === undefined) return;
    await sleep(random.below(2_000));
    entry.isCancelled = true;
    await this.call(entry, random, 'DELETE', { path: `/v1/jobs/${jobId}`, jobId });
  }

  /** Reads the record as its caller might: what it says of an end is held against what it says later. */
  private async look(entry: Entry, random: Random): Promise<void> {
    const jobId = entry.jobIds.at(-1);
    if (jobId !== undefined) await this.call(entry, random, 'GET', { path: `/v1/jobs/${jobId}`, jobId });
  }

  /** Makes a call, and notes what comes of it. Null when the connection breaks. */
  private async call(
    entry: Entry,
    random: Random,
    what: string,
    options: CallOptions & { readonly jobId?: string },
    body?: unknown,
  ): Promise<Answer | null> {
    const member = random.pick(this.apis);
    const sentAtMs = Date.now();
    const note = (answer: Answer | null, error: string | null): Answer | null => {
      const jobId = options.jobId ?? answer?.headers.get('x-job-id') ?? null;
      entry.calls.push({ what, jobId, api: member.name, sentAtMs, endedAtMs: Date.now(), answer, error });
      return answer;
    };
    if (member.running === null) {
      await sleep(REPEAT_AFTER_MS);
      return null;
    }
    const headers = { ...options.headers, 'x-api-key': API_KEY };
    const call = member.running.call(body, { ...options, method: what, headers });
    return within(PATIENCE_SECONDS, what, call).then(
      (answer) => note(answer, null),
      (error: unknown) => note(null, reasonOf(error)),
    );
  }
}

function headersOf({ isAsync, idempotencyKey }: CallTerms): Record<string, string> {
  return {
    ...(isAsync && { prefer: 'respond-async' }),
    ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
  };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${String(error)}${cause}`;
}
