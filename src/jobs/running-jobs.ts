import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type OutputPosition, START } from '../domain/output-position';
import { InFlight } from '../platform/in-flight';
import { InstanceChannel } from './instance.channel';
import { LiveOutput } from './live-output';
import { OutputChannel } from './output.channel';

interface RunningJob {
  readonly cancelling: AbortController;
  readonly output: LiveOutput;
  /** Settles when it is over. */
  readonly over: Promise<unknown>;
}

/** The jobs that this process runs, and the means to end one before its time, and to follow its output. */
@Injectable()
export class RunningJobs implements OnModuleInit {
  private readonly running = new Map<string, RunningJob>();
  private readonly inFlight = new InFlight();

  constructor(
    private readonly channel: InstanceChannel,
    private readonly outputs: OutputChannel,
  ) {}

  onModuleInit(): void {
    this.channel.on('cancel', ({ jobId }) => {
      this.cancel(jobId);
    });
    this.channel.on('follow', ({ jobId, from }) => {
      this.follow(jobId, from);
    });
  }

  /** Does a job's work. It gets a signal that is aborted when the job is cancelled, and is to hand on what the program writes. */
  async run<T>(jobId: string, work: (signal: AbortSignal, output: LiveOutput) => Promise<T>): Promise<T> {
    const cancelling = new AbortController();
    const output = new LiveOutput((message) => this.outputs.publish(jobId, message));
    const over = this.inFlight.track(() => work(cancelling.signal, output));
    this.running.set(jobId, { cancelling, output, over });
    try {
      return await over;
    } finally {
      this.running.delete(jobId);
      output.stop();
    }
  }

  has(jobId: string): boolean {
    return this.running.has(jobId);
  }

  /** Ends a job's program, when it runs here. */
  cancel(jobId: string): void {
    this.running.get(jobId)?.cancelling.abort();
  }

  /** Resolves once a job does not run here, or not any more. */
  async whenOver(jobId: string): Promise<void> {
    await this.running.get(jobId)?.over.catch(() => undefined);
  }

  /** Tells a job's output, when it runs here, from a position on. */
  follow(jobId: string, from: OutputPosition = START): void {
    this.running.get(jobId)?.output.follow(from);
  }

  /** Resolves once nothing runs. */
  async whenIdle(): Promise<void> {
    await this.inFlight.whenIdle();
  }
}
