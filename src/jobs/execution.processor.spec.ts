import Bull, { type Job, type Queue } from 'bull';
import { eventually } from '../../test/support/eventually';
import { PrivateRedis } from '../../test/support/private-redis';
import { silentLogger } from '../../test/support/silent-logger';
import { parseSettings } from '../config/settings.loader';
import { type Execution } from '../domain/outcome';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { type Program, Sandbox } from '../sandbox/sandbox';
import { CompletedRunStore } from './completed-run.store';
import { EXECUTION_QUEUE, type QueuedExecution, queueKey } from './execution-queue';
import { ExecutionProcessor } from './execution.processor';
import { queueOptions } from './queue-options';
import { type Reply } from './reply';
import { ReplyChannel } from './reply.channel';
import { ReplyCourier } from './reply.courier';

const EXECUTION: Execution = {
  outcome: { kind: 'returned', resultJson: '2', stdout: '', stderr: '' },
  pid: 1,
  runTimeMs: 1,
};

class FakeSandbox extends Sandbox {
  readonly programs: Program[] = [];
  run: Sandbox['run'] = (program) => {
    this.programs.push(program);
    return Promise.resolve(EXECUTION);
  };
  check: Sandbox['check'] = () => Promise.reject(new Error('not asked here'));
  describe: Sandbox['describe'] = () => {
    throw new Error('not asked here');
  };
}

describe(ExecutionProcessor.name, () => {
  let redis: PrivateRedis;
  let connections: RedisConnections;
  let queue: Queue<QueuedExecution>;
  let sandbox: FakeSandbox;
  let replies: Reply[];
  let address: string;
  let runs: CompletedRunStore;
  let processor: ExecutionProcessor;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    const settings = parseSettings({ WORKER_CONCURRENCY: '2' });
    queue = new Bull<QueuedExecution>(EXECUTION_QUEUE, queueOptions(connections, settings));
    sandbox = new FakeSandbox();
    const channel = new ReplyChannel(connections, silentLogger());
    replies = [];
    address = channel.address;
    await channel.listen((reply) => replies.push(reply));
    runs = new CompletedRunStore(connections, settings, silentLogger());
    processor = new ExecutionProcessor(queue, sandbox, runs, new ReplyCourier(channel), settings, silentLogger());
    // What @nestjs/bull does with the decorated methods.
    queue.on('completed', processor.onCompleted.bind(processor));
    queue.on('failed', (job, error) => void processor.onFailed(job, error));
    processor.onApplicationBootstrap();
  });

  afterEach(async () => {
    await processor.abandon();
    await redis[Symbol.asyncDispose]();
  });

  async function add(jobId: string, data?: Partial<QueuedExecution>): Promise<void> {
    const request = { code: '1+1', timeoutSeconds: 7 };
    const queued = data ?? { request, callerName: 'test', acceptedAtMs: Date.now(), replyTo: address };
    await queue.add(queued as QueuedExecution, { jobId });
  }

  it('runs a program and sends its outcome to whoever waits, once it is recorded', async () => {
    await add('job');
    await eventually('the reply', () => replies.length === 1);
    expect(sandbox.programs).toEqual([{ code: '1+1', timeoutSeconds: 7 }]);
    expect(replies).toEqual([{ jobId: 'job', run: { execution: EXECUTION, startedAtMs: expect.any(Number) } }]);
    expect((await runs.find('job'))?.execution).toEqual(EXECUTION);
  });

  it('says when a program started', async () => {
    sandbox.run = async (_program, control) => {
      jest.spyOn(Date, 'now').mockReturnValueOnce(123);
      control?.onStart?.(1);
      return Promise.resolve(EXECUTION);
    };
    await add('job');
    await eventually('the reply', () => replies.length === 1);
    expect(replies).toMatchObject([{ run: { startedAtMs: 123 } }]);
  });

  it('says so when the sandbox fails', async () => {
    sandbox.run = () => Promise.reject(new Error('the jail is gone'));
    await add('job');
    await eventually('the reply', () => replies.length === 1);
    expect(replies).toEqual([{ jobId: 'job', failure: 'the jail is gone' }]);
  });

  it('sends the outcome although Redis was away when the end was to be noted', async () => {
    queue.once('active', (job: Job) => {
      job.moveToCompleted = () => Promise.reject(new Error('Redis is away'));
    });
    const failed = new Promise((resolve) => queue.once('failed', resolve));
    await add('job');
    await failed;
    expect(replies).toMatchObject([{ jobId: 'job', run: { execution: EXECUTION } }]);
  });

  it('sends the outcome of a job that was taken for lost after it was kept', async () => {
    await runs.save('job', { execution: EXECUTION, startedAtMs: 1 });
    sandbox.run = () => Promise.reject(new Error('job stalled'));
    await add('job');
    await eventually('the reply', () => replies.length === 1);
    expect(replies).toEqual([{ jobId: 'job', run: { execution: EXECUTION, startedAtMs: 1 } }]);
  });

  it('survives a job without a program', async () => {
    await add('empty', {});
    await add('job');
    await eventually('the reply', () => replies.length === 1);
    expect(replies).toMatchObject([{ jobId: 'job' }]);
    expect(await queue.getFailedCount()).toBe(1);
  });

  describe('with a program that runs on', () => {
    let end: (execution: Execution) => void;

    beforeEach(async () => {
      const { promise, resolve } = Promise.withResolvers<Execution>();
      end = resolve;
      sandbox.run = () => promise;
      await add('job');
      await eventually('it runs', async () => (await queue.getActiveCount()) === 1);
    });

    it('keeps the job although Redis was away when its lock was to be renewed', async () => {
      const lock = `${queueKey('job')}:lock`;
      await connections.commands.pexpire(lock, 9_000);
      queue.emit('lock-extension-failed', await queue.getJob('job'), new Error('Redis is away'));
      await eventually('the lock is renewed', async () => (await connections.commands.pttl(lock)) > 9_000);
      end(EXECUTION);
      await processor.finish();
    });

    it('finishes it but takes no other', async () => {
      const paused = new Promise((resolve) => queue.once('paused', resolve));
      const finished = processor.finish();
      await paused;
      await add('late');
      end(EXECUTION);
      await finished;
      expect(replies).toMatchObject([{ jobId: 'job' }]);
      expect(await queue.getWaitingCount()).toBe(1);
    });
  });
});
