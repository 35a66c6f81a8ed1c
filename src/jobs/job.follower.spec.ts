import { eventually } from '../../test/support/eventually';
import { sampleFacts } from '../../test/support/sample-job';
import { type JobRecord } from '../domain/job-record';
import { type InstanceMessages } from './instance.channel';
import { type FollowerSources, JobFollower } from './job.follower';
import { type OutputListener, type OutputPiece } from './output.channel';

const RUN = 1_000;
const RUNNING: JobRecord = {
  facts: sampleFacts({ id: 'job' }),
  state: 'running',
  startedAtMs: RUN,
  worker: 'worker',
  end: null,
  delivery: null,
};

function ended(stdout: string | null, startedAtMs: number | null = RUN): JobRecord {
  const execution = { outcome: { kind: 'cancelled', stdout: stdout ?? '', stderr: '' }, pid: 1, runTimeMs: 1 } as const;
  const run = stdout === null ? null : { execution, startedAtMs };
  const state = stdout === null ? 'lost' : 'cancelled';
  return { ...RUNNING, state, end: { state, finishedAtMs: 1, queueLength: 0, run } };
}

class FakeSources implements FollowerSources {
  record: JobRecord | null = RUNNING;
  follows = 0;
  isAway = false;
  listener: OutputListener | null = null;
  readonly asked: InstanceMessages['follow']['from'][] = [];
  readonly records = {
    follow: (): Promise<void> => {
      this.follows++;
      return this.isAway ? Promise.reject(new Error('Redis is away')) : Promise.resolve();
    },
    find: () => Promise.resolve(this.record),
  };
  readonly outputs = {
    listen: (_jobId: string, listener: OutputListener): Promise<void> => {
      this.listener = listener;
      return Promise.resolve();
    },
    leave: (): Promise<void> => {
      this.listener = null;
      return Promise.resolve();
    },
  };
  readonly channel: FollowerSources['channel'] = {
    sendOnce: (address, _kind, message) => {
      expect(address).toBe('worker');
      this.asked.push((message as InstanceMessages['follow']).from);
      return Promise.resolve();
    },
  };
  readonly logger = { debug: () => undefined };
}

describe(JobFollower.name, () => {
  let sources: FakeSources;
  let follower: JobFollower;
  let changes: number;

  beforeEach(async () => {
    sources = new FakeSources();
    changes = 0;
    follower = new JobFollower('job', sources, () => changes++);
    await follower.start();
  });

  afterEach(() => {
    follower.stop();
  });

  function hear(offset: number, text: string, run = RUN, stream: OutputPiece['stream'] = 'stdout'): void {
    sources.listener?.({ run, pieces: [{ stream, offset, text }] });
  }

  const heard = (): string => follower.stdout.read(0, 100);

  it('asks the worker, from the start', () => {
    expect(sources.asked).toEqual([{ run: null, stdout: 0, stderr: 0 }]);
  });

  it('asks nobody while the job is queued, and has it noted that it is followed', async () => {
    sources = new FakeSources();
    sources.record = { ...RUNNING, state: 'queued', startedAtMs: null, worker: null };
    const queued = new JobFollower('job', sources, () => undefined);
    await queued.start();
    queued.stop();
    expect([sources.follows, sources.asked]).toEqual([1, []]);
  });

  it('takes each part once, however often it is told', () => {
    hear(0, 'ab');
    hear(0, 'abc');
    hear(1, 'b');
    hear(3, 'd');
    hear(0, 'x', RUN, 'stderr');
    expect([heard(), follower.stderr.read(0, 100)]).toEqual(['abcd', 'x']);
    expect(changes).toBe(5);
  });

  it('asks for what it has missed', async () => {
    hear(0, 'ab');
    hear(3, 'd');
    expect(heard()).toBe('ab');
    await eventually('it has asked', () => sources.asked.length === 2);
    expect(sources.asked[1]).toEqual({ run: RUN, stdout: 2, stderr: 0 });
    hear(2, 'cd');
    expect(heard()).toBe('abcd');
  });

  it('starts over with another run', () => {
    hear(0, 'void');
    hear(0, 'anew', RUN + 1);
    expect([follower.run, heard()]).toEqual([RUN + 1, 'anew']);
  });

  it('takes what it lacks from the record, once the job has ended, and hears no more', async () => {
    hear(0, 'ab');
    sources.record = ended('abcd');
    sources.listener?.('ended');
    await eventually('it has ended', () => follower.ended === sources.record);
    expect([heard(), sources.listener]).toEqual(['abcd', null]);
  });

  it.each([
    ['ran again', RUN + 1],
    ['was not run again', null],
  ])('starts over with the record of a program that %s', (_what, startedAtMs) => {
    hear(0, 'void');
    follower.learn(ended('anew', startedAtMs));
    expect([follower.run, heard()]).toEqual([startedAtMs ?? 0, 'anew']);
  });

  it('keeps what it has heard of a job that came to no outcome', () => {
    hear(0, 'ab');
    follower.learn(ended(null));
    expect([follower.run, heard(), follower.ended?.state]).toEqual([RUN, 'ab', 'lost']);
  });

  it('keeps the record that it has, but for what becomes of its delivery', () => {
    const [first, same] = [ended('ab'), ended('ab')];
    follower.learn(first);
    follower.learn(same);
    expect(follower.ended).toBe(first);
    const delivered: JobRecord = { ...same, delivery: { state: 'delivered', tries: [], series: 0, earlierTries: 0 } };
    follower.learn(delivered);
    expect(follower.ended).toBe(delivered);
  });

  it('ends with a record that is gone', async () => {
    sources.record = null;
    sources.listener?.('ended');
    await eventually('it is gone', () => follower.isGone);
    expect([changes, sources.listener]).toEqual([1, null]);
  });

  it('looks at the job although nothing is heard, and although Redis was away', async () => {
    const others = ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'performance', 'queueMicrotask'] as const;
    jest.useFakeTimers({ doNotFake: [...others] });
    follower.stop();
    await follower.start();
    sources.isAway = true;
    jest.advanceTimersByTime(3_000);
    sources.isAway = false;
    sources.record = ended('all');
    jest.advanceTimersByTime(3_000);
    await eventually('it has ended', () => follower.ended !== null);
    expect(heard()).toBe('all');
    jest.useRealTimers();
  });

  it('does nothing once it is stopped', () => {
    follower.stop();
    expect(sources.listener).toBeNull();
  });
});
