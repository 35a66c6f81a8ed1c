import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type CompletedRun, NEVER_RUN } from '../domain/completed-run';
import { type JobFacts } from '../domain/job-record';
import { JobRecords } from '../records/job-records';
import { EXECUTION_QUEUE, type ExecutionQueue } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { JobCloser } from './job.closer';

/** Ends jobs before their time. */
@Injectable()
export class JobCanceller {
  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue,
    private readonly records: JobRecords,
    private readonly closer: JobCloser,
    private readonly channel: InstanceChannel,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(JobCanceller.name);
  }

  /** Cancels a job: one that waits is gone, one that runs is being killed, one that has ended stays as it is. */
  async cancel(jobId: string): Promise<void> {
    const record = await this.records.find(jobId);
    if (record?.end !== null) return;
    if (record.state === 'queued' && (await this.takeOut(record.facts, NEVER_RUN))) return;
    // It may have been started in between; and its worker may be lost before it hears of this.
    const worker = await this.records.cancel(jobId);
    if (worker !== null) await this.channel.send(worker, 'cancel', { jobId });
  }

  /**
   * Takes a job out of the queue; what its caller is told is up to whoever takes it back.
   * @param run what its record says that it came to; null: to no outcome
   * @returns false when it waits there no more
   */
  async takeBack(facts: JobFacts, run: CompletedRun | null = NEVER_RUN): Promise<boolean> {
    return this.takeOut({ ...facts, replyTo: null }, run);
  }

  private async takeOut(facts: JobFacts, run: CompletedRun | null): Promise<boolean> {
    if (!(await this.closer.closeQueued(facts, run))) return false;
    // A worker that has just taken it finds out by itself that it has ended.
    await (await this.queue.getJob(facts.id))?.remove().catch((error: unknown) => {
      this.logger.debug({ jobId: facts.id, err: error }, 'A job was taken while it was withdrawn');
    });
    return true;
  }
}
