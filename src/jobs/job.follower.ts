import { isDeepStrictEqual } from 'node:util';
import { type PinoLogger } from 'nestjs-pino';
import { type EndedJob, hasEnded, type JobRecord } from '../domain/job-record';
import { NEVER_RUN, type OutputPosition } from '../domain/output-position';
import { type JobRecords } from '../records/job-records';
import { JOB_ENDED } from '../records/record-keys';
import { type InstanceChannel } from './instance.channel';
import { type OutputChannel, type OutputMessage } from './output.channel';
import { Transcript } from './transcript';

/** How often a job is looked at although nothing was heard of it: messages can be lost. */
const LOOK_INTERVAL_MS = 3_000;

/** Where a follower learns of its job. */
export interface FollowerSources {
  readonly records: Pick<JobRecords, 'find' | 'follow'>;
  readonly outputs: Pick<OutputChannel, 'listen' | 'leave'>;
  readonly channel: Pick<InstanceChannel, 'sendOnce'>;
  readonly logger: Pick<PinoLogger, 'debug'>;
}

/**
 * Gathers what one job's program writes, once for all who read it on this instance: from its worker while it runs, then
 * from its record.
 */
export class JobFollower {
  /** Which run of the program the texts are of; null until that is known. */
  run: number | null = null;
  stdout = new Transcript();
  stderr = new Transcript();
  /** Null until the job has ended. The texts are whole then, unless the job came to no outcome. */
  ended: EndedJob | null = null;
  /** Whether there is no record of the job any more. */
  isGone = false;
  private worker: string | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** @param onChange is called after each change of the properties above */
  constructor(
    private readonly jobId: string,
    private readonly sources: FollowerSources,
    private readonly onChange: () => void,
  ) {}

  /** Begins to follow a job that has not ended. Never throws: with Redis away it goes on trying. */
  async start(): Promise<void> {
    const { outputs, logger } = this.sources;
    this.timer = setInterval(() => void this.look(), LOOK_INTERVAL_MS).unref();
    const listening = outputs.listen(this.jobId, (message) => {
      if (message === JOB_ENDED) void this.look();
      else this.receive(message);
    });
    await listening.catch((error: unknown) => {
      logger.debug({ jobId: this.jobId, err: error }, 'A followed job could not be listened to');
    });
    await this.look();
  }

  /** Lets go of the job. */
  stop(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
    void this.sources.outputs.leave(this.jobId);
  }

  /** Takes what a record says, when it is that of a job that has ended. */
  learn(record: JobRecord): void {
    this.worker = record.worker;
    if (!hasEnded(record)) return;
    // Nothing else of it changes any more, and all readers are to share one copy.
    if (isDeepStrictEqual(record.delivery, this.ended?.delivery)) return;
    const { run } = record.end;
    if (run !== null) {
      this.adopt(run.startedAtMs ?? NEVER_RUN);
      this.stdout.complete(run.execution.outcome.stdout);
      this.stderr.complete(run.execution.outcome.stderr);
    }
    this.ended = record;
    this.stop();
    this.onChange();
  }

  /** Looks at the record, and asks the worker for what is missing. */
  private async look(): Promise<void> {
    if (this.isStopped()) return;
    const { records, logger } = this.sources;
    try {
      await records.follow(this.jobId);
      const record = await records.find(this.jobId);
      if (this.isStopped()) return;
      if (record === null) this.giveUp();
      else this.learn(record);
      await this.ask();
    } catch (error) {
      logger.debug({ jobId: this.jobId, err: error }, 'A followed job could not be looked at');
    }
  }

  /** One that is queued needs no word: its worker finds in the record that it is followed. */
  private async ask(): Promise<void> {
    if (this.isStopped() || this.worker === null) return;
    const from: OutputPosition = { run: this.run, stdout: this.stdout.length, stderr: this.stderr.length };
    await this.sources.channel.sendOnce(this.worker, 'follow', { jobId: this.jobId, from });
  }

  private receive({ run, pieces }: OutputMessage): void {
    if (this.ended !== null) return;
    this.adopt(run);
    for (const { stream, offset, text } of pieces) {
      const missing = offset - this[stream].length;
      if (missing > 0) void this.look();
      else this[stream].append(text.slice(-missing));
    }
    this.onChange();
  }

  private isStopped(): boolean {
    return this.timer === null;
  }

  private adopt(run: number): void {
    if (run === this.run) return;
    this.run = run;
    this.stdout = new Transcript();
    this.stderr = new Transcript();
  }

  private giveUp(): void {
    this.isGone = true;
    this.stop();
    this.onChange();
  }
}
