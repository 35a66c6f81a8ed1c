import { EventSource } from 'eventsource';
import { type Answer } from './service';
import { within } from './within';

const PATIENCE_SECONDS = 20;
const TYPES = ['stdout', 'stderr', 'restart', 'done'];

/** One event of a job's stream, its data parsed. */
export interface JobEvent {
  readonly type: string;
  readonly id: string;
  readonly data: Answer['json'];
}

/** Asks for a job's events, with these headers besides the caller's own. */
export type ConnectToEvents = (headers: Headers, signal: AbortSignal) => Promise<Response>;

/** A client that follows a job as the standard has it: it comes back until it is told to come no more. */
export class JobEvents implements Disposable {
  readonly events: JobEvent[] = [];
  /** Status of each answer. */
  readonly answers: number[] = [];
  private readonly source: EventSource;
  private readonly listeners = new Set<() => void>();

  /** @param lastEventId what it has had before its first connection */
  constructor(
    connect: ConnectToEvents,
    private readonly lastEventId: string | null,
  ) {
    this.source = new EventSource('http://service/', {
      fetch: async (_url, init) => {
        const headers = new Headers(lastEventId === null ? {} : { 'last-event-id': lastEventId });
        for (const [name, value] of Object.entries(init.headers)) headers.set(name, value);
        const response = await connect(headers, init.signal as AbortSignal);
        this.answers.push(response.status);
        this.notify();
        return response;
      },
    });
    for (const type of TYPES) {
      this.source.addEventListener(type, ({ data, lastEventId: id }) => {
        this.events.push({ type, id, data: JSON.parse(data as string) });
        this.notify();
      });
    }
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** What it has been told of a stream since the last restart. */
  text(stream: 'stdout' | 'stderr'): string {
    const current = this.events.slice(this.types.lastIndexOf('restart') + 1);
    return current
      .filter(({ type }) => type === stream)
      .map(({ data }) => data as string)
      .join('');
  }

  /** Id of the last event that it has had. */
  get lastId(): string {
    return this.events.at(-1)?.id ?? this.lastEventId ?? '';
  }

  /** Resolves when something holds of what has been told. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (holds()) resolve(undefined);
    };
    this.listeners.add(look);
    look();
    await within(PATIENCE_SECONDS, what, promise).finally(() => this.listeners.delete(look));
  }

  /** Resolves when it has been told so much of stdout. */
  async untilTold(stdout: string): Promise<void> {
    await this.until(JSON.stringify(stdout), () => this.text('stdout') === stdout);
  }

  /** Resolves with the record that the last event brings. */
  async done(): Promise<Answer['json']> {
    await this.until('the job is done', () => this.types.at(-1) === 'done');
    return this.events.at(-1)?.data;
  }

  close(): void {
    this.source.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private notify(): void {
    for (const look of this.listeners) look();
  }
}
