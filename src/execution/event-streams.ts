import { type ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PublicError } from '../domain/error-catalogue';
import { type EndedJob, hasEnded, type JobRecord } from '../domain/job-record';
import { RecordPresenter } from '../envelope/record.presenter';
import { FollowedJobs } from '../jobs/followed-jobs';
import { EVENT_STREAM_HEADERS, EventStream } from './event-stream';
import { DONE_ID, doneEvent, readPosition } from './server-sent-events';

/** At once, on one instance: a stream may keep the whole output of its job in memory, twice SANDBOX_OUTPUT_KB. */
const MAX_STREAMS = 256;

/** The event streams that are open on this instance. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  /** One copy for all readers of a record, which may be megabytes. */
  private readonly doneEvents = new WeakMap<EndedJob, Buffer>();
  private isEnding = false;

  constructor(
    private readonly jobs: FollowedJobs,
    private readonly presenter: RecordPresenter,
  ) {}

  /** How many there are. */
  get count(): number {
    return this.streams.size;
  }

  /** The first of Nest's hooks at the end: the server would wait for streams that go on. Their readers come back elsewhere. */
  onModuleDestroy(): void {
    this.isEnding = true;
    for (const stream of this.streams) stream.end();
  }

  /**
   * Answers with the events of a job, those after the one that the reader has had last.
   * @throws PublicError `tooManyStreams`, `shuttingDown`; nothing has then been answered
   */
  open(record: JobRecord, lastEventId: string | undefined, response: ServerResponse): void {
    if (lastEventId === DONE_ID && hasEnded(record)) {
      // WHATWG HTML, "Server-sent events": so a client is told to come back no more.
      response.writeHead(204).end();
    } else if (response.req.method === 'HEAD') {
      response.writeHead(200, EVENT_STREAM_HEADERS).end();
    } else {
      this.stream(record, lastEventId, response);
    }
  }

  private stream(record: JobRecord, lastEventId: string | undefined, response: ServerResponse): void {
    if (this.isEnding) throw new PublicError('shuttingDown');
    if (this.streams.size >= MAX_STREAMS) throw new PublicError('tooManyStreams');
    // It has hung up already: nothing would ever say so again.
    if (response.closed) return;
    const { job, leave } = this.jobs.join(record, () => {
      stream.pump();
    });
    const stream = new EventStream(response, job, readPosition(lastEventId), (ended) => this.presentDone(ended));
    this.streams.add(stream);
    response.on('close', () => {
      this.streams.delete(stream);
      leave();
    });
    stream.pump();
  }

  private presentDone(ended: EndedJob): Buffer {
    const known = this.doneEvents.get(ended);
    if (known !== undefined) return known;
    const event = Buffer.from(doneEvent(this.presenter.present(ended)));
    this.doneEvents.set(ended, event);
    return event;
  }
}
