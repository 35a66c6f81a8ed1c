import { InjectQueue, OnQueueError, OnQueueFailed, Processor } from '@nestjs/bull';
import { type OnApplicationBootstrap } from '@nestjs/common';
import { type Job } from 'bull';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { type CompletedRun } from '../domain/completed-run';
import { type JobFacts } from '../domain/job-record';
import { type TraceContext } from '../domain/trace-context';
import { contextOfJob, inContext } from '../platform/logging/log-context';
import { persistently } from '../platform/redis/persistently';
import { Tracing } from '../platform/tracing/tracing';
import { JobRecords } from '../records/job-records';
import { Sandbox } from '../sandbox/sandbox';
import { AbsentCallers } from './absent-callers';
import {
  EXECUTION_QUEUE,
  type ExecutionQueue,
  lockKey,
  type QueuedExecution,
  readQueuedExecution,
} from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { JobCloser } from './job.closer';
import { outcomeAttributes, startProcessSpan, startRunSpan } from './job-spans';
import { type LiveOutput } from './live-output';
import { type JobLock, JobLocks } from './job.locks';
import { RunningJobs } from './running-jobs';

/** What became of a program. */
interface RunProgram {
  /** Null when it came to no outcome. */
  readonly run: CompletedRun | null;
  /** Resolves once its record says that it was started; undefined when it was not. */
  readonly startNoted: Promise<void> | undefined;
  /** Whether the service ended it because it ends itself: it is to run elsewhere. */
  readonly isInterrupted: boolean;
}

/** Takes executions from the queue, runs each in the sandbox, and has the job closed. Bull's jobs end here. */
@Processor(EXECUTION_QUEUE)
export class ExecutionProcessor implements OnApplicationBootstrap {
  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: ExecutionQueue,
    private readonly sandbox: Sandbox,
    private readonly records: JobRecords,
    private readonly closer: JobCloser,
    private readonly running: RunningJobs,
    private readonly absentCallers: AbsentCallers,
    private readonly locks: JobLocks,
    private readonly channel: InstanceChannel,
    private readonly settings: Settings,
    private readonly tracing: Tracing,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(ExecutionProcessor.name);
  }

  /** Starts to take jobs. `@Process` would do so earlier, before the sandbox is warm, and knows no settings. */
  onApplicationBootstrap(): void {
    const handler = async (job: Job<QueuedExecution>): Promise<void> => this.process(job);
    this.queue.process(this.settings.workerConcurrency, handler).catch((error: unknown) => {
      this.logger.fatal({ err: error }, 'The worker cannot take jobs');
    });
  }

  /** Runs one job and closes it. Never throws for what becomes of the job: that is in its record. */
  async process(job: Job<QueuedExecution>): Promise<void> {
    const queued = readQueuedExecution(job);
    if (queued === null) return;
    const { code, facts } = queued;
    doNotFail(job);
    const lock = this.locks.keep(facts.id, () => {
      this.running.cancel(facts.id);
    });
    // A worker that was away for long may get a job again that it still runs.
    await this.running.whenOver(facts.id);
    const work = async (signal: AbortSignal, output: LiveOutput): Promise<void> => {
      if (await this.absentCallers.closeIfAbandoned(facts)) return;
      const span = startProcessSpan(this.tracing, facts);
      const program = await this.runProgram(code, facts, signal, output, span.trace);
      const isLeft = lock.isLost || program.isInterrupted;
      await (isLeft ? this.leave(job, lock, program) : this.close(facts, program)).finally(() => {
        span.end();
      });
    };
    await inContext(contextOfJob(facts), () => this.running.run(facts.id, work)).finally(() => {
      lock.release();
    });
  }

  /** Bull has given a job up, which has lost its workers too often. Never throws. */
  @OnQueueFailed()
  async onFailed(job: Job<QueuedExecution> | null): Promise<void> {
    if (job !== null) await this.closer.closeFailed(job);
  }

  @OnQueueError()
  onError(error: Error): void {
    this.logger.debug({ err: error }, 'Bull met an error');
  }

  /** Whether a job runs here. */
  runs(jobId: string): boolean {
    return this.running.has(jobId);
  }

  /** Takes no more jobs, and resolves when those that run are over. */
  async finish(): Promise<void> {
    await this.queue.pause(true, true);
    await this.running.whenIdle();
  }

  /** Lets go of the queue, whatever still runs. */
  async abandon(): Promise<void> {
    await this.queue.close(true);
  }

  /**
   * Runs a job's program while Redis is told that it has been started. A program that should not have been, because its job
   * was cancelled at the last moment, is ended: it can have had no effect outside its jail.
   */
  private async runProgram(
    code: string,
    facts: JobFacts,
    signal: AbortSignal,
    output: LiveOutput,
    trace: TraceContext | null,
  ): Promise<RunProgram> {
    const span = startRunSpan(this.tracing, trace, facts);
    let startedAtMs: number | null = null;
    let startNoted: Promise<void> | undefined;
    const onStart = (): void => {
      startedAtMs = Date.now();
      output.begin(startedAtMs);
      startNoted ??= this.noteStart(facts.id, startedAtMs);
      // It may fail long before the program ends.
      startNoted.catch(() => undefined);
      span.event('program started');
    };
    const onRestart = (): void => {
      startedAtMs = null;
      span.event('jail lost');
    };
    const onOutput = output.add.bind(output);
    const program = { code, timeoutSeconds: facts.timeoutSeconds };
    try {
      const execution = await this.sandbox.run(program, { signal, onStart, onOutput, onRestart });
      span.set(outcomeAttributes(execution.outcome));
      if (execution.outcome.kind !== 'cancelled' || signal.aborted) {
        return { run: { execution, startedAtMs }, startNoted, isInterrupted: false };
      }
      // Nobody has cancelled it: the sandbox ended it because the service ends.
      return { run: null, startNoted, isInterrupted: true };
    } catch (error) {
      this.logger.error({ jobId: facts.id, err: error }, 'A job came to no outcome');
      span.set({ 'pyexec.outcome': 'lost' });
      return { run: null, startNoted, isInterrupted: false };
    } finally {
      span.end();
    }
  }

  private async noteStart(jobId: string, startedAtMs: number): Promise<void> {
    const { address } = this.channel;
    const start = await persistently(() => this.records.start(jobId, address, startedAtMs, lockKey(jobId)));
    if (!start.isLegal || start.isCancelled) this.running.cancel(jobId);
    else if (start.isFollowed) this.running.follow(jobId);
  }

  private async close(facts: JobFacts, { run, startNoted }: RunProgram): Promise<void> {
    await this.closer.close(facts, run, { worker: this.channel.address, startNoted });
  }

  /** Leaves a job to the next worker. */
  private async leave(job: Job<QueuedExecution>, lock: JobLock, { startNoted }: RunProgram): Promise<void> {
    this.logger.warn({ jobId: job.id }, 'A job was not finished here, and is left to another worker');
    job.moveToCompleted = () => Promise.reject(new Error('The job is left to another worker'));
    await startNoted;
    if (!lock.isLost) await this.locks.handBack(String(job.id));
  }
}

/**
 * Bull takes a job for failed whose completion it could not note, and writes that down even where there is no such job any more.
 * As it is, the job is found without its lock later, taken once more, and its record says that it has ended.
 */
function doNotFail(job: Job<QueuedExecution>): void {
  job.moveToFailed = ({ message }) => Promise.reject(new Error(message));
}
