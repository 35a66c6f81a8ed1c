import { type Job } from 'bull';
import { NoTracing } from '../platform/tracing/tracing';
import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { recordOf, startAs } from '../../test/support/recorded-jobs';
import { CANCELLED, sampleFacts, sampleRun } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { type JobFacts } from '../domain/job-record';
import { type Execution } from '../domain/outcome';
import { type Sandbox } from '../sandbox/sandbox';
import { AbsentCallers } from './absent-callers';
import { type QueuedExecution, queueKey } from './execution-queue';
import { ExecutionProcessor } from './execution.processor';
import { type InstanceMessages } from './instance.channel';
import { OutputChannel } from './output.channel';
import { RunningJobs } from './running-jobs';

type FakeSandbox = Pick<Sandbox, 'run'>;
type Control = Parameters<Sandbox['run']>[1];

const { execution: RETURNED } = sampleRun();
const { execution: KILLED } = sampleRun(CANCELLED);

describe(ExecutionProcessor.name, () => {
  let redis: PrivateRedis;
  let worker: Instance;
  let processor: ExecutionProcessor;
  let run: jest.MockedFunction<Sandbox['run']>;
  let told: InstanceMessages['ended'][];

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    worker = await Instance.open(redis, { WORKER_CONCURRENCY: '2' });
    run = jest.fn<ReturnType<Sandbox['run']>, Parameters<Sandbox['run']>>((_program, control) => {
      control?.onStart?.(1);
      return Promise.resolve(RETURNED);
    });
    const sandbox: FakeSandbox = { run };
    const { queue, records, closer, channel, settings } = worker;
    const running = new RunningJobs(channel, new OutputChannel(worker.connections));
    running.onModuleInit();
    told = worker.listen('ended');
    processor = new ExecutionProcessor(
      queue,
      sandbox as Sandbox,
      records,
      closer,
      running,
      new AbsentCallers(worker.presence, channel, closer, silentLogger()),
      worker.locks,
      channel,
      settings,
      new NoTracing(),
      silentLogger(),
    );
    // What @nestjs/bull does with the decorated method.
    queue.on('failed', (job: Job<QueuedExecution>) => void processor.onFailed(job));
    processor.onApplicationBootstrap();
  });

  afterEach(async () => {
    await processor.abandon();
    await redis[Symbol.asyncDispose]();
  });

  const sample = (): JobFacts => sampleFacts({ timeoutSeconds: 7, replyTo: worker.channel.address });

  async function add(facts = sample()): Promise<JobFacts> {
    await worker.add(facts, { code: '1+1' });
    return facts;
  }

  async function untilTold(): Promise<void> {
    await eventually('its caller is told', () => told.length > 0);
  }

  async function untilGone({ id }: JobFacts): Promise<void> {
    await eventually('it is gone from the queue', async () => (await worker.queue.getJob(id)) === null);
  }

  it('runs a program, notes its start and its end, and tells whoever waits', async () => {
    const facts = await add();
    await untilTold();
    expect(run.mock.calls).toMatchObject([[{ code: '1+1', timeoutSeconds: 7 }, { signal: expect.any(AbortSignal) }]]);
    const record = await recordOf(worker.records, facts.id);
    const startedAtMs = expect.any(Number) as number;
    expect(record).toMatchObject({ state: 'succeeded', startedAtMs, worker: worker.channel.address });
    expect(record.end?.run).toEqual({ execution: RETURNED, startedAtMs: record.startedAtMs });
    expect(told).toEqual([{ jobId: facts.id, end: record.end }]);
    await untilGone(facts);
  });

  it('tells what a program writes to those who follow its job', async () => {
    const outputs = new OutputChannel(worker.connections);
    outputs.onModuleInit();
    const heard = jest.fn();
    const execution = Promise.withResolvers<Execution>();
    run.mockImplementationOnce((_program, control) => {
      control?.onStart?.(1);
      control?.onOutput?.('stderr', Buffer.from('early'));
      return execution.promise;
    });
    await worker.queue.pause(true, true);
    const { id } = await add();
    await worker.records.follow(id);
    await outputs.listen(id, heard);
    await worker.queue.resume(true);
    await eventually('it is heard', () => heard.mock.calls.length > 0);
    execution.resolve(RETURNED);
    await untilTold();
    await eventually('the end is heard', () => heard.mock.calls.length > 1);
    const { startedAtMs } = await recordOf(worker.records, id);
    const pieces = [{ stream: 'stderr', offset: 0, text: 'early' }];
    expect(heard.mock.calls).toEqual([[{ run: startedAtMs, pieces }], ['ended']]);
  });

  it('has not started a program that was to run again, and was cancelled before that', async () => {
    run.mockImplementationOnce(async (_program, control) => {
      control?.onStart?.(1);
      control?.onRestart?.();
      await new Promise((resolve) => control?.signal?.addEventListener('abort', resolve));
      return KILLED;
    });
    const { id } = await add();
    await eventually('it runs', async () => (await recordOf(worker.records, id)).state === 'running');
    await worker.canceller.cancel(id);
    await untilTold();
    expect((await recordOf(worker.records, id)).end?.run?.startedAtMs).toBeNull();
  });

  it('takes a job for lost when the sandbox fails', async () => {
    run.mockRejectedValueOnce(new Error('the jail is gone'));
    const facts = await add();
    await untilTold();
    expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'lost', run: null } }]);
    await untilGone(facts);
  });

  it('leaves a job to the next worker when the service ends under it', async () => {
    run.mockImplementationOnce((_program, control) => {
      control?.onStart?.(1);
      return Promise.resolve(KILLED);
    });
    const facts = await add();
    await untilTold();
    expect(run).toHaveBeenCalledTimes(2);
    expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded' } }]);
    await untilGone(facts);
  });

  it('keeps the outcome, and lets go of the job, although Bull could not note its end', async () => {
    worker.queue.once('active', (job: Job) => {
      job.moveToCompleted = () => Promise.reject(new Error('Redis is away'));
    });
    const facts = await add();
    await untilTold();
    await worker.takeAway(facts.id);
    await untilGone(facts);
    expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded' } }]);
    expect((await recordOf(worker.records, facts.id)).state).toBe('succeeded');
  });

  describe('a job whose worker is gone', () => {
    /** Has a job taken by a worker that starts it and is gone. */
    async function lose(facts: JobFacts): Promise<void> {
      await worker.queue.pause(true, true);
      if ((await worker.records.find(facts.id)) === null) await add(facts);
      await worker.connections.commands.rpoplpush(queueKey('wait'), queueKey('active'));
      await startAs(worker.records, facts.id, 'a worker that is gone', 1_000);
    }

    it('runs again', async () => {
      const facts = sample();
      await lose(facts);
      await worker.takeAway(facts.id);
      expect(await recordOf(worker.records, facts.id)).toMatchObject({ state: 'queued', worker: null });
      await worker.queue.resume(true);
      await untilTold();
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded' } }]);
      await untilGone(facts);
    });

    it('is lost when that happens again', async () => {
      const facts = sample();
      for (let losses = 0; losses < 2; losses++) {
        await lose(facts);
        await worker.takeAway(facts.id);
      }
      await untilTold();
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'lost' } }]);
      await untilGone(facts);
      expect(run).not.toHaveBeenCalled();
    });
  });

  it('leaves a failed job where it is while its end cannot be noted', async () => {
    jest.spyOn(worker.closer, 'close').mockRejectedValue(new Error('Redis is away'));
    await worker.queue.pause(true, true);
    const facts = await add();
    await worker.connections.commands.del(queueKey('wait'));
    await worker.connections.commands.zadd(queueKey('failed'), 1, facts.id);
    await expect(processor.onFailed(await worker.queue.getJob(facts.id))).resolves.toBeUndefined();
    expect(await worker.queue.getFailedCount()).toBe(1);
  });

  it('survives a job that was removed between being taken and being locked', async () => {
    await worker.connections.commands.lpush(queueKey('wait'), 'removed');
    await add();
    await untilTold();
    expect(run).toHaveBeenCalledTimes(1);
    await expect(processor.onFailed(null)).resolves.toBeUndefined();
  });

  describe('with a program that runs on', () => {
    let end: (execution: Execution) => void;
    let control: Control;

    beforeEach(() => {
      run.mockImplementation((_program, given) => {
        const { promise, resolve } = Promise.withResolvers<Execution>();
        control = given;
        given?.onStart?.(1);
        given?.signal?.addEventListener('abort', () => {
          resolve(KILLED);
        });
        end = resolve;
        return promise;
      });
    });

    async function addRunning(): Promise<JobFacts> {
      const facts = await add();
      await eventually('it runs', async () => (await recordOf(worker.records, facts.id)).state === 'running');
      return facts;
    }

    it('kills it when it is cancelled, and keeps what it had written', async () => {
      const facts = await addRunning();
      const api = await Instance.open(redis);
      await api.canceller.cancel(facts.id);
      await untilTold();
      const { end: known } = await recordOf(worker.records, facts.id);
      expect(known).toMatchObject({ state: 'cancelled', run: { execution: KILLED } });
      expect(told).toEqual([{ jobId: facts.id, end: known }]);
      await untilGone(facts);
    });

    it('kills one that was cancelled as it was started, and leaves its record alone', async () => {
      const facts = sample();
      // As it is between being taken and being started.
      run.mockImplementationOnce(async (program, given) => {
        await worker.canceller.cancel(facts.id);
        return run.getMockImplementation()!(program, given);
      });
      await add(facts);
      await eventually('it is killed', () => control?.signal?.aborted === true);
      await untilGone(facts);
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'cancelled', run: { startedAtMs: null } } }]);
      expect((await recordOf(worker.records, facts.id)).end).toEqual(told[0]?.end);
    });

    it('kills no other', async () => {
      const facts = await addRunning();
      const first = control;
      const other = await addRunning();
      await worker.canceller.cancel(other.id);
      await untilTold();
      expect(told).toMatchObject([{ jobId: other.id }]);
      expect(first?.signal?.aborted).toBe(false);
      await worker.canceller.cancel(facts.id);
    });

    it('tells its outcome although Redis went away before it was noted that it had started', async () => {
      run.mockImplementationOnce(async (_program, given) => {
        await redis.takeAway();
        given?.onStart?.(1);
        return RETURNED;
      });
      const facts = await add();
      await untilTold();
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded' } }]);
      await redis.bringBack();
      await eventually('it is noted', async () => (await worker.records.find(facts.id))?.state === 'succeeded');
    });

    it('ends it, and says nothing of it, when the job has been given to another worker', async () => {
      const facts = await addRunning();
      await worker.queue.pause(true, true);
      await worker.takeAway(facts.id);
      await worker.connections.commands.rpoplpush(queueKey('wait'), queueKey('active'));
      await startAs(worker.records, facts.id, 'another worker', 2_000);
      end(RETURNED);
      await processor.finish();
      expect(await recordOf(worker.records, facts.id)).toMatchObject({ state: 'running', worker: 'another worker' });
      expect(told).toEqual([]);
    });

    it('runs it once at a time when it gets the job again itself', async () => {
      const facts = await addRunning();
      const first = control;
      await worker.takeAway(facts.id);
      await eventually('it runs anew', () => control !== first);
      expect(first?.signal?.aborted).toBe(true);
      end(RETURNED);
      await untilTold();
      expect(told).toMatchObject([{ jobId: facts.id, end: { state: 'succeeded' } }]);
    });

    it('finishes it but takes no other', async () => {
      const facts = await addRunning();
      const paused = new Promise((resolve) => worker.queue.once('paused', resolve));
      const finished = processor.finish();
      await paused;
      const late = await add();
      end(RETURNED);
      await finished;
      expect(told).toMatchObject([{ jobId: facts.id }]);
      expect(await worker.waiting()).toEqual([late.id]);
    });
  });
});
