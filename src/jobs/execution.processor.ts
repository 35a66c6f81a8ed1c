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
import { EXECUTION_QUEUE, type ExecutionQueue, type QueuedExecution, readQueuedExecution } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { JobCloser } from './job.closer';
import { outcomeAttributes, startProcessSpan, startRunSpan } from './job-spans';
import { type LiveOutput } from './live-output';
import { LOCK_DURATION_MS } from './queue-options';
import { RunningJobs } from './running-jobs';

const LOCK_RETRY_INTERVAL_MS = 2_000;

/** What became of a program. */
interface RunProgram {
  /** Null when it came to no outcome. */
  readonly run: CompletedRun | null;
  /** Resolves once its record says that it was started; undefined when it was not. */
  readonly startNoted: Promise<void> | undefined;
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
    this.queue.on('lock-extension-failed', (job: Job<QueuedExecution>) => {
      this.keepLock(job);
    });
  }

  /** Runs one job and closes it. Never throws for what becomes of the job: that is in its record. */
  async process(job: Job<QueuedExecution>): Promise<void> {
    const queued = readQueuedExecution(job);
    if (queued === null) return;
    const { code, facts } = queued;
    await inContext(contextOfJob(facts), () =>
      this.running.run(facts.id, async (signal, output) => {
        if (await this.absentCallers.closeIfAbandoned(facts)) return;
        const span = startProcessSpan(this.tracing, facts);
        const { run, startNoted } = await this.runProgram(code, facts, signal, output, span.trace);
        await this.closer.close(facts, run, startNoted).finally(() => {
          span.end();
        });
      }),
    );
  }

  /** Bull has given a job up: its worker is gone; or the job is over, and Bull could not note it. Never throws. */
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
        return { run: { execution, startedAtMs }, startNoted };
      }
      // Nobody has cancelled it: the sandbox ended it because the service ends.
      this.logger.warn({ jobId: facts.id }, 'A job was ended with the service');
      return { run: null, startNoted };
    } catch (error) {
      this.logger.error({ jobId: facts.id, err: error }, 'A job came to no outcome');
      span.set({ 'pyexec.outcome': 'lost' });
      return { run: null, startNoted };
    } finally {
      span.end();
    }
  }

  private async noteStart(jobId: string, startedAtMs: number): Promise<void> {
    const start = await persistently(() => this.records.start(jobId, this.channel.address, startedAtMs));
    if (!start.isLegal) this.running.cancel(jobId);
    else if (start.isFollowed) this.running.follow(jobId);
  }

  /** Bull renews the lock of a running job no more once Redis was away at the wrong moment: the job would count as lost. */
  private keepLock(job: Job<QueuedExecution>): void {
    const timer = setInterval(() => {
      if (this.running.has(String(job.id))) job.extendLock(LOCK_DURATION_MS).catch(() => undefined);
      else clearInterval(timer);
    }, LOCK_RETRY_INTERVAL_MS);
  }
}
