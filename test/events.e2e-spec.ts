import { connect } from 'node:net';
import { type RedisConnections } from '../src/platform/redis/redis-connections';
import { Caller } from './support/caller';
import { eventually } from './support/eventually';
import { goOn, pause, untilWaiting, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { Service } from './support/service';

const MAX_STREAMS = 256;
const TOO_MANY = '{"error":"Too many event streams are open","stdout":"","exit_code":503}';
const PRINT_AND_HANG = "print('so far', flush=True)\nimport time; time.sleep(50)";

let redis: PrivateRedis;
let connections: RedisConnections;
let shared: Record<string, string>;
let service: Service;
let caller: Caller;
let stranger: Caller;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  connections = await redis.connect();
  caller = new Caller(() => service, 'the-key-of-the-caller');
  stranger = new Caller(() => service, 'the-key-of-a-stranger');
  shared = {
    REDIS_URL: redis.url,
    API_KEYS: `caller:${caller.key},stranger:${stranger.key}`,
    WORKER_CONCURRENCY: '2',
  };
  service = await Service.start(shared);
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

async function untilNobodyFollows(): Promise<void> {
  await eventually('nobody follows', async () => {
    const channels = await connections.commands.pubsub('CHANNELS', '{pyexec}:output:*');
    return (channels as string[]).length === 0;
  });
}

describe('the events of a job', () => {
  it('come while its program runs, in order, and end with its record', async () => {
    const jobId = await caller.accept(`import sys
print('first')
sys.stdout.flush()
${pause('prompt')}
print('second')
print('third', file=sys.stderr)
return 4`);
    using events = caller.follow(jobId);
    await events.untilTold('first\n');
    expect(await caller.recordOf(jobId)).toMatchObject({ status: 'running' });
    await goOn(service, 'prompt');
    const record = await events.done();
    expect([events.text('stdout'), events.text('stderr')]).toEqual(['first\nsecond\n', 'third\n']);
    expect(record).toMatchObject({ status: 'succeeded', outcome: { result: 4, stdout: 'first\nsecond\n' } });
    expect(record).toEqual(await caller.recordOf(jobId));
    expect(events.types.indexOf('done')).toBe(events.types.length - 1);
  });

  it('come from an instance that neither accepted it nor runs it', async () => {
    await using accepting = await Service.start({ ...shared, ROLE: 'api' });
    await using following = await Service.start({ ...shared, ROLE: 'api' });
    const jobId = await new Caller(() => accepting, caller.key).accept(
      `print('here', flush=True)\n${waitingProgram('apart')}`,
    );
    using events = new Caller(() => following, caller.key).follow(jobId);
    await events.untilTold('here\n');
    await goOn(service, 'apart');
    expect(await events.done()).toMatchObject({ status: 'succeeded', outcome: { result: 'apart' } });
  });

  it('start over when the program does because its jail was lost', async () => {
    const jobId = await caller.accept(
      `import os\nprint(os.urandom(8).hex(), flush=True)\n${waitingProgram('survivor')}`,
    );
    using events = caller.follow(jobId);
    await events.until('the first run', () => events.text('stdout') !== '');
    const lost = events.text('stdout');
    process.kill((await untilWaiting(service, 'survivor')).server, 'SIGKILL');
    await events.until('the second run', () => !['', lost].includes(events.text('stdout')));
    expect(events.types).toEqual(['stdout', 'restart', 'stdout']);
    await goOn(service, 'survivor');
    expect((await events.done()).outcome.stdout).toBe(events.text('stdout'));
    // Whoever had the first run's, and missed the rest, is told so too.
    using late = caller.follow(jobId, events.events[0]!.id);
    await late.done();
    expect(late.types).toEqual(['restart', 'stdout', 'done']);
  });

  it('end with what was written when its time runs out', async () => {
    using events = caller.follow(await caller.accept(PRINT_AND_HANG, 1));
    expect(await events.done()).toMatchObject({ status: 'timed_out', outcome: { stdout: 'so far\n' } });
    expect(events.text('stdout')).toBe('so far\n');
  });

  it('end with what was written when it is cancelled', async () => {
    const jobId = await caller.accept(PRINT_AND_HANG);
    using events = caller.follow(jobId);
    await events.untilTold('so far\n');
    await caller.ask(jobId, '', 'DELETE');
    expect(await events.done()).toMatchObject({ status: 'cancelled', outcome: { stdout: 'so far\n' } });
  });

  describe('that is queued', () => {
    let own: PrivateRedis;
    let alone: Record<string, string>;

    beforeEach(async () => {
      own = await PrivateRedis.start();
      alone = { ...shared, REDIS_URL: own.url };
    });

    afterEach(async () => {
      await own[Symbol.asyncDispose]();
    });

    async function untilFollowed(jobId: string): Promise<void> {
      const { commands } = await own.connect();
      await eventually(
        'it is followed',
        async () => (await commands.hexists(`{pyexec}:jobs:${jobId}`, 'followed')) === 1,
      );
    }

    it('begin when it is started', async () => {
      await using accepting = await Service.start({ ...alone, ROLE: 'api' });
      const patient = new Caller(() => accepting, caller.key);
      const jobId = await patient.accept(`print('at last', flush=True)\n${waitingProgram('queued')}`);
      using events = patient.follow(jobId);
      await untilFollowed(jobId);
      await using worker = await Service.start({ ...alone, ROLE: 'worker' });
      await events.untilTold('at last\n');
      await goOn(worker, 'queued');
      expect(await events.done()).toMatchObject({ status: 'succeeded' });
    });

    it('end when it is cancelled', async () => {
      await using accepting = await Service.start({ ...alone, ROLE: 'api' });
      const patient = new Caller(() => accepting, caller.key);
      const jobId = await patient.accept('1');
      using events = patient.follow(jobId);
      await untilFollowed(jobId);
      await patient.ask(jobId, '', 'DELETE');
      expect(await events.done()).toMatchObject({ status: 'cancelled', started_at: null });
      expect(events.types).toEqual(['done']);
    });
  });

  it('are only for the key that made it', async () => {
    const jobId = await caller.accept('1');
    const answers = await Promise.all([
      stranger.ask(jobId, '/events'),
      caller.ask('none', '/events'),
      new Caller(() => service, 'unknown').ask(jobId, '/events'),
      caller.ask(jobId, '/events', 'POST'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 401, 405]);
    expect(answers[3].headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('a stream of events', () => {
  it('has headers that keep it from being held back or kept, and nothing else for HEAD', async () => {
    const jobId = await caller.accept(waitingProgram('headers'));
    const { status, headers, text } = await caller.ask(jobId, '/events', 'HEAD');
    const names = ['content-type', 'cache-control', 'x-accel-buffering'];
    expect([status, ...names.map((name) => headers.get(name))]).toEqual([200, 'text/event-stream', 'no-store', 'no']);
    expect(text).toBe('');
    await untilNobodyFollows();
    await goOn(service, 'headers');
  });

  it('ends for good: whoever comes back is told to come no more', async () => {
    using events = caller.follow(await caller.accept('1'));
    await events.done();
    await events.until('it has come back', () => events.answers.length === 2);
    expect(events.answers).toEqual([200, 204]);
    expect(events.types).toEqual(['done']);
  });

  it('is the same for all who read it, for one subscription', async () => {
    const jobId = await caller.accept(`print('for all', flush=True)\n${waitingProgram('many')}\n`);
    const readers = Array.from({ length: 10 }, () => caller.follow(jobId));
    await Promise.all(readers.map((each) => each.untilTold('for all\n')));
    const channel = `{pyexec}:output:${jobId}`;
    expect(await connections.commands.pubsub('NUMSUB', channel)).toEqual([channel, 1]);
    await goOn(service, 'many');
    const records = await Promise.all(readers.map((each) => each.done()));
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
    for (const each of readers) each.close();
  });

  it('leaves no subscription behind when its readers hang up, and the job goes on', async () => {
    const jobId = await caller.accept(`print('line', flush=True)\n${waitingProgram('deserted')}`);
    const readers = Array.from({ length: 5 }, () => caller.follow(jobId));
    await Promise.all(readers.map((each) => each.untilTold('line\n')));
    for (const each of readers) each.close();
    await untilNobodyFollows();
    await goOn(service, 'deserted');
    expect(await caller.untilEnded(jobId)).toMatchObject({ status: 'succeeded' });
  });

  it('leaves nothing behind when its reader is gone before it is answered', async () => {
    const jobId = await caller.accept(waitingProgram('rude'));
    const { hostname, port } = new URL(service.origin);
    const head = `GET /v1/jobs/${jobId}/events HTTP/1.1\r\nHost: x\r\nx-api-key: ${caller.key}\r\n\r\n`;
    const gone = Array.from({ length: 50 }, async () => {
      const socket = connect(Number(port), hostname);
      socket.write(head, () => socket.destroy());
      await new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all(gone);
    await goOn(service, 'rude');
    await caller.untilEnded(jobId);
    await untilNobodyFollows();
  });

  it('is one of so many at once', async () => {
    const jobId = await caller.accept(waitingProgram('crowd'));
    const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, () => caller.followWithoutReading(jobId)));
    expect(new Set(streams.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const { status, text, headers } = await caller.ask(jobId, '/events');
    expect([status, text, headers.get('retry-after')]).toEqual([503, TOO_MANY, '5']);
    for (const each of streams) each.destroy();
    await untilNobodyFollows();
    const again = await caller.followWithoutReading(jobId);
    expect(again.statusCode).toBe(200);
    again.destroy();
    await goOn(service, 'crowd');
  });
});
