import { startAs } from '../../test/support/recorded-jobs';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../test/support/eventually';
import { PrivateRedis } from '../../test/support/private-redis';
import { sampleFacts } from '../../test/support/sample-job';
import { silentLogger } from '../../test/support/silent-logger';
import { parseSettings } from '../config/settings.loader';
import { type JobRecord } from '../domain/job-record';
import { JobRecords } from '../records/job-records';
import { recordKey } from '../records/record-keys';
import { FollowedJobs } from './followed-jobs';
import { InstanceChannel } from './instance.channel';
import { OutputChannel } from './output.channel';
import { RunningJobs } from './running-jobs';

const RUN = {
  startedAtMs: 1,
  execution: { outcome: { kind: 'cancelled', stdout: 'ab', stderr: '' }, pid: 1, runTimeMs: 1 },
} as const;

/** Before a job is looked at for want of a message. */
const PROMPT_MS = 2_000;

/** One process: what it follows, and what it runs. */
class Instance {
  readonly records: JobRecords;
  readonly channel: InstanceChannel;
  readonly followed: FollowedJobs;
  readonly running: RunningJobs;
  private readonly outputs: OutputChannel;

  constructor(connections: Awaited<ReturnType<PrivateRedis['connect']>>) {
    this.records = new JobRecords(connections, parseSettings({}));
    this.channel = new InstanceChannel(connections, silentLogger());
    this.outputs = new OutputChannel(connections);
    this.followed = new FollowedJobs(this.records, this.outputs, this.channel, silentLogger());
    this.running = new RunningJobs(this.channel, this.outputs);
  }

  async start(): Promise<this> {
    await this.channel.onModuleInit();
    this.outputs.onModuleInit();
    this.running.onModuleInit();
    return this;
  }
}

describe(FollowedJobs.name, () => {
  let redis: PrivateRedis;
  let connections: Awaited<ReturnType<PrivateRedis['connect']>>;
  let api: Instance;
  let worker: Instance;
  let record: JobRecord;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    connections = await redis.connect();
    api = await new Instance(await redis.connect()).start();
    worker = await new Instance(await redis.connect()).start();
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    const facts = sampleFacts();
    await connections.commands.hset(recordKey(facts.id), { state: 'queued', facts: JSON.stringify(facts) });
    record = (await api.records.find(facts.id))!;
  });

  async function subscriptions(): Promise<unknown> {
    return connections.commands.pubsub('CHANNELS', '{pyexec}:output:*');
  }

  /** Runs the job on the worker: it writes `a`, then `b`, each when it is told to. */
  async function run(write: (output: (text: string) => void) => Promise<void>): Promise<void> {
    const { id } = record.facts;
    await worker.running.run(id, async (_signal, output) => {
      output.begin(1);
      if ((await startAs(worker.records, id, worker.channel.address, 1)).isFollowed) worker.running.follow(id);
      await write((text) => {
        output.add('stdout', Buffer.from(text));
      });
      const end = { jobId: id, token: randomUUID(), finishedAtMs: 2, run: RUN };
      expect((await worker.records.end(end, 'wait')).isLegal).toBe(true);
    });
  }

  it('follows a job from before its start to its end, for many readers at once', async () => {
    const readers = Array.from({ length: 3 }, () => api.followed.join(record, () => undefined));
    const [{ job }] = readers as [(typeof readers)[0]];
    for (const each of readers) expect(each.job).toBe(job);
    await eventually(
      'it is followed',
      async () => (await connections.commands.hexists(recordKey(record.facts.id), 'followed')) === 1,
    );
    expect(await subscriptions()).toEqual([`{pyexec}:output:${record.facts.id}`]);
    await run(async (write) => {
      write('a');
      await eventually('a is heard', () => job.stdout.read(0, 9) === 'a', PROMPT_MS);
      write('b');
      await eventually('b is heard', () => job.stdout.read(0, 9) === 'ab');
    });
    await eventually('the end is heard', () => job.ended !== null, PROMPT_MS);
    expect(job.ended).toEqual(await api.records.find(record.facts.id));
    await eventually('nobody listens', async () => ((await subscriptions()) as string[]).length === 0);
    for (const { leave } of readers) leave();
  });

  it('joins a job that runs already, and leaves it when the last reader does', async () => {
    await run(async (write) => {
      write('a');
      const running = (await api.records.find(record.facts.id))!;
      const first = api.followed.join(running, () => undefined);
      const second = api.followed.join(running, () => undefined);
      await eventually('a is heard', () => first.job.stdout.read(0, 9) === 'a', PROMPT_MS);
      first.leave();
      write('b');
      await eventually('b is heard', () => second.job.stdout.read(0, 9) === 'ab');
      second.leave();
      second.leave();
      await eventually('nobody listens', async () => ((await subscriptions()) as string[]).length === 0);
      const third = api.followed.join(running, () => undefined);
      expect(third.job).not.toBe(second.job);
      await eventually('all is heard', () => third.job.stdout.read(0, 9) === 'ab');
      third.leave();
    });
  });

  it('needs no subscription for a job that has ended', async () => {
    await run(() => Promise.resolve());
    const ended = (await api.records.find(record.facts.id))!;
    const { job, leave } = api.followed.join(ended, () => undefined);
    expect([job.ended, job.stdout.read(0, 9)]).toEqual([ended, 'ab']);
    expect(await subscriptions()).toEqual([]);
    leave();
  });

  it('tells those who are there of what one who comes knows already', async () => {
    const changed = jest.fn();
    const first = api.followed.join(record, changed);
    await run(() => Promise.resolve());
    const second = api.followed.join((await api.records.find(record.facts.id))!, () => undefined);
    expect(changed).toHaveBeenCalled();
    expect(first.job.ended?.state).toBe('cancelled');
    first.leave();
    second.leave();
  });
});
