import { InjectQueue, OnQueueCompleted, OnQueueError, OnQueueFailed, Processor } from '@nestjs/bull';
import { type OnApplicationBootstrap } from '@nestjs/common';
import { type Job } from 'bull';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { type Outcome } from '../domain/outcome';
import { Sandbox } from '../sandbox/sandbox';
import { CompletedRunStore } from './completed-run.store';
import { EXECUTION_QUEUE, type ExecutionQueue, type QueuedExecution, readQueuedExecution } from './execution-queue';
import { LOCK_DURATION_MS } from './queue-options';
import { ReplyCourier } from './reply.courier';

const LOCK_RETRY_INTERVAL_MS = 2_000;

/** What the log and Bull's own records say of a run. */
interface RunSummary {
  readonly outcome: Outcome['kind'];
  readonly pid: number | null;
  readonly queueMs: number;
  readonly runMs: number;
}

/** Takes executions from the queue, runs each in the sandbox, and sends the outcome back. Bull's jobs end here. */
@Processor(EXECUTION_QUEUE)
export class ExecutionProcessor implements OnApplicationBootstrap {
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue,
    private readonly sandbox: Sandbox,
    private readonly runs: CompletedRunStore,
    private readonly courier: ReplyCourier,
    private readonly settings: Settings,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(ExecutionProcessor.name);
  }

  /** Starts to take jobs. `@Process` would do so earlier, before the sandbox is warm, and knows no settings. */
  onApplicationBootstrap(): void {
    const handler = (job: Job<QueuedExecution>): Promise<RunSummary> => this.track(job, this.process(job));
    this.queue.process(this.settings.workerConcurrency, handler).catch((error: unknown) => {
      this.logger.fatal({ err: error }, 'The worker cannot take jobs');
    });
    this.queue.on('lock-extension-failed', (job: Job<QueuedExecution>) => {
      this.keepLock(job);
    });
  }

  /**
   * Runs one job, keeps what came of it, and has the answer sent. Returns what Bull shall note of it.
   * @throws whatever the sandbox throws when it fails; Bull then notes the job as failed
   */
  async process(job: Job<QueuedExecution>): Promise<RunSummary> {
    const { request, replyTo, acceptedAtMs } = readQueuedExecution(job.data);
    const { code, timeoutSeconds } = request;
    let startedAtMs = Date.now();
    const onStart = (): void => {
      startedAtMs = Date.now();
    };
    const execution = await this.sandbox.run({ code, timeoutSeconds }, { onStart });
    const jobId = String(job.id);
    const run = { execution, startedAtMs };
    await this.runs.save(jobId, run);
    this.courier.hold(replyTo, { jobId, run });
    const { outcome, pid, runTimeMs } = execution;
    return { outcome: outcome.kind, pid, queueMs: Math.max(0, startedAtMs - acceptedAtMs), runMs: runTimeMs };
  }

  /** Bull has noted the end: whoever gets the answer will find the record. */
  @OnQueueCompleted()
  onCompleted(job: Job<QueuedExecution>, summary: RunSummary): void {
    this.courier.release(String(job.id));
    this.logger.info({ jobId: job.id, caller: job.data.callerName, ...summary }, 'Job done');
  }

  /** The service failed the job, here or on a worker that is gone; or its program ran, and Bull could not note the end. */
  @OnQueueFailed()
  async onFailed(job: Job<QueuedExecution> | null, error: Error): Promise<void> {
    const jobId = String(job?.id);
    const replyTo = job?.data.replyTo;
    if (this.courier.release(jobId)) {
      this.logger.warn({ jobId, err: error }, 'The end of a job could not be noted');
      return;
    }
    const run = await this.runs.find(jobId).catch(() => null);
    if (run === null) this.logger.error({ jobId, err: error }, 'A job came to no outcome');
    else this.logger.warn({ jobId, err: error }, 'A job was taken for failed, but its outcome is known');
    if (replyTo !== undefined)
      this.courier.send(replyTo, run === null ? { jobId, failure: error.message } : { jobId, run });
  }

  @OnQueueError()
  onError(error: Error): void {
    this.logger.debug({ err: error }, 'Bull met an error');
  }

  /** Takes no more jobs, and resolves when those that run are over. */
  async finish(): Promise<void> {
    await this.queue.pause(true, true);
    await Promise.allSettled(this.running.values());
    await this.courier.whenRecorded();
  }

  /** Lets go of the queue, whatever still runs. */
  async abandon(): Promise<void> {
    await this.queue.close(true);
  }

  private async track<T>(job: Job<QueuedExecution>, work: Promise<T>): Promise<T> {
    const jobId = String(job.id);
    this.running.set(jobId, work);
    try {
      return await work;
    } finally {
      this.running.delete(jobId);
    }
  }

  /** Bull renews the lock of a running job no more once Redis was away at the wrong moment: the job would count as lost. */
  private keepLock(job: Job<QueuedExecution>): void {
    const timer = setInterval(() => {
      if (this.running.has(String(job.id))) job.extendLock(LOCK_DURATION_MS).catch(() => undefined);
      else clearInterval(timer);
    }, LOCK_RETRY_INTERVAL_MS);
  }
}
