import { type ServerResponse } from 'node:http';
import { type EndedJob } from '../domain/job-record';
import { OUTPUT_STREAMS, type OutputPosition, START } from '../domain/output-position';
import { type FollowedJob } from '../jobs/followed-jobs';
import { HEARTBEAT, outputEvent, restartEvent, RETRY_HINT } from './server-sent-events';

export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // nginx would keep events back until it has a buffer full of them.
  'X-Accel-Buffering': 'no',
};
const HEARTBEAT_INTERVAL_MS = 15_000;
/** A reader that takes nothing for this long is cut. It can come back. */
const READER_PATIENCE_MS = 60_000;
/** Of what is written at a time: what a slow reader keeps of the process' memory is a few of these. */
const MAX_TEXT_LENGTH = 16 * 1024;
const MAX_CHUNK_BYTES = 64 * 1024;

/** One reader of a job's events. It is written to as fast as its connection takes it; what it has not had waits in the job. */
export class EventStream {
  /** What is left to be written of the last event; null until that has its turn. */
  private done: Buffer | null = null;

  /**
   * @param position what the reader has had already
   * @param presentDone gives the last event of a job that has ended
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly job: FollowedJob['job'],
    private position: OutputPosition,
    private readonly presentDone: (job: EndedJob) => Buffer,
    { heartbeatMs = HEARTBEAT_INTERVAL_MS, patienceMs = READER_PATIENCE_MS } = {},
  ) {
    const heartbeat = setInterval(() => {
      if (this.isWritable) response.write(HEARTBEAT);
    }, heartbeatMs);
    response.on('close', () => {
      clearInterval(heartbeat);
    });
    response.on('drain', () => {
      this.pump();
    });
    // Without a listener Node then destroys the connection; a write that gets on, however slowly, puts it off.
    response.setTimeout(patienceMs);
    response.writeHead(200, EVENT_STREAM_HEADERS).write(RETRY_HINT);
  }

  /** Writes what there is to read, as far as the connection takes it. Call it when there is more. */
  pump(): void {
    while (this.isWritable) {
      const chunk = this.next();
      if (chunk !== null) this.response.write(chunk);
      else if (this.job.isGone || this.done !== null) this.end();
      else return;
    }
  }

  /** Ends the stream where it stands; its reader can come back. */
  end(): void {
    this.response.end();
  }

  private get isWritable(): boolean {
    const { destroyed, writableEnded, writableNeedDrain } = this.response;
    return !destroyed && !writableEnded && !writableNeedDrain;
  }

  private next(): string | Buffer | null {
    return this.nextRestart() ?? this.nextText() ?? this.nextOfDone();
  }

  private nextRestart(): string | null {
    const { run } = this.job;
    if (run === null || run === this.position.run) return null;
    const isVoid = this.position.run !== null;
    this.position = { ...START, run };
    return isVoid ? restartEvent(this.position) : null;
  }

  private nextText(): string | null {
    for (const stream of OUTPUT_STREAMS) {
      const text = this.job[stream].read(this.position[stream], MAX_TEXT_LENGTH);
      if (text === '') continue;
      this.position = { ...this.position, [stream]: this.position[stream] + text.length };
      return outputEvent(stream, text, this.position);
    }
    return null;
  }

  private nextOfDone(): Buffer | null {
    if (this.job.ended === null) return null;
    this.done ??= this.presentDone(this.job.ended);
    const chunk = this.done.subarray(0, MAX_CHUNK_BYTES);
    this.done = this.done.subarray(chunk.length);
    return chunk.length === 0 ? null : chunk;
  }
}
