import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InFlight } from '../platform/in-flight';
import { InstanceChannel } from './instance.channel';

/** The jobs that this process runs, and the means to end one before its time. */
@Injectable()
export class RunningJobs implements OnModuleInit {
  private readonly running = new Map<string, AbortController>();
  private readonly inFlight = new InFlight();

  constructor(private readonly channel: InstanceChannel) {}

  onModuleInit(): void {
    this.channel.on('cancel', ({ jobId }) => {
      this.cancel(jobId);
    });
  }

  /** Does a job's work. It gets a signal that is aborted when the job is cancelled. */
  async run<T>(jobId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const cancelling = new AbortController();
    this.running.set(jobId, cancelling);
    try {
      return await this.inFlight.track(() => work(cancelling.signal));
    } finally {
      this.running.delete(jobId);
    }
  }

  has(jobId: string): boolean {
    return this.running.has(jobId);
  }

  /** Ends a job's program, when it runs here. */
  cancel(jobId: string): void {
    this.running.get(jobId)?.abort();
  }

  /** Resolves once nothing runs. */
  async whenIdle(): Promise<void> {
    await this.inFlight.whenIdle();
  }
}
