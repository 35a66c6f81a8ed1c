import { setTimeout as sleep } from 'node:timers/promises';
import { OUTPUT_STREAMS, type OutputPosition, type OutputStream, START } from '../domain/output-position';
import { type OutputMessage } from './output.channel';
import { OutputText } from './output-text';

/** A program may write a byte at a time: what it writes within this time goes out as one message. */
const TELL_INTERVAL_MS = 25;
/** Wait after a message that Redis did not take. */
const RETRY_INTERVAL_MS = 500;
/** Units of each stream in one message. */
const MAX_PIECE_LENGTH = 64 * 1024;

/** Sends a message to all who follow a job. Returns how many instances got it. */
export type PublishOutput = (message: OutputMessage) => Promise<number>;

/**
 * What one program has written so far, for those who follow it. Until somebody does it only notes what there is, and copies
 * nothing. What the instances have had it keeps track of as of one: whoever lacks something asks again, and all get that.
 */
export class LiveOutput {
  private run: number | null = null;
  private texts = { stdout: new OutputText(), stderr: new OutputText() };
  private told = { stdout: 0, stderr: 0 };
  private isFollowed = false;
  /** Whether something is to be said even if there is no new text. */
  private isDue = false;
  private isTelling = false;
  private requests = 0;

  constructor(private readonly publish: PublishOutput) {}

  /** The program is started, or started again because its jail was lost: what was told of an earlier run is void. */
  begin(startedAtMs: number): void {
    this.run = startedAtMs;
    this.texts = { stdout: new OutputText(), stderr: new OutputText() };
    this.tellFrom({ ...START, run: startedAtMs });
  }

  /** @param bytes as the program wrote them; not copied */
  add(stream: OutputStream, bytes: Buffer): void {
    this.texts[stream].add(bytes);
    this.tellSoon();
  }

  /** Somebody follows the job, and has what was written up to a position. Answers even when there is nothing new. */
  follow(from: OutputPosition): void {
    this.isFollowed = true;
    this.requests++;
    this.tellFrom(from);
  }

  /** The program is over: what has not been told is in the job's record. */
  stop(): void {
    this.isFollowed = false;
  }

  private tellFrom({ run, stdout, stderr }: OutputPosition): void {
    this.told =
      run === this.run
        ? { stdout: Math.min(this.told.stdout, stdout), stderr: Math.min(this.told.stderr, stderr) }
        : { stdout: 0, stderr: 0 };
    this.isDue = true;
    this.tellSoon();
  }

  private tellSoon(): void {
    if (!this.isFollowed || this.isTelling) return;
    this.isTelling = true;
    void this.tell();
  }

  private async tell(): Promise<void> {
    while (this.isFollowed) {
      const from = { run: this.run, ...this.told };
      const message = this.takeMessage();
      if (message === null) break;
      const pauseMs = await this.send(message).catch(() => {
        this.tellFrom(from);
        return RETRY_INTERVAL_MS;
      });
      await sleep(pauseMs, undefined, { ref: false });
    }
    this.isTelling = false;
  }

  /** Returns how long to wait until the next message, in milliseconds. @throws Error with Redis away */
  private async send(message: OutputMessage): Promise<number> {
    const { requests } = this;
    const receivers = await this.publish(message);
    // Nobody is left, unless somebody has come while it was under way.
    if (receivers === 0 && requests === this.requests) this.isFollowed = false;
    return TELL_INTERVAL_MS;
  }

  private takeMessage(): OutputMessage | null {
    if (this.run === null) return null;
    const pieces = OUTPUT_STREAMS.map((stream) => {
      const offset = this.told[stream];
      return { stream, offset, text: this.texts[stream].read(offset, MAX_PIECE_LENGTH) };
    }).filter(({ text }) => text !== '');
    if (pieces.length === 0 && !this.isDue) return null;
    for (const { stream, offset, text } of pieces) this.told[stream] = offset + text.length;
    this.isDue = false;
    return { run: this.run, pieces };
  }
}
