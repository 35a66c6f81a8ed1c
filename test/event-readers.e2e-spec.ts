import { readFileSync } from 'node:fs';
import { type IncomingMessage } from 'node:http';
import { type RedisConnections } from '../src/platform/redis/redis-connections';
import { Caller } from './support/caller';
import { goOn, pause, untilWaiting, waitingProgram } from './support/jails';
import { type JobEvents } from './support/job-events';
import { PrivateRedis } from './support/private-redis';
import { Service } from './support/service';

const OUTPUT_BYTES = 1024 * 1024;
const SHUTTING_DOWN = '{"error":"The service is shutting down","stdout":"","exit_code":503}';

let redis: PrivateRedis;
let connections: RedisConnections;
let shared: Record<string, string>;
let service: Service;
let caller: Caller;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  connections = await redis.connect();
  caller = new Caller(() => service, 'the-key-of-the-caller');
  shared = { REDIS_URL: redis.url, API_KEYS: `caller:${caller.key}`, WORKER_CONCURRENCY: '2' };
  service = await Service.start(shared);
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe('a reader that comes back', () => {
  const STDOUT = 'aé€😀\r\n\u2028\0"\\b😀';
  const STDERR = '¡x😀!';

  /** A Python string literal. */
  function literal(text: string): string {
    const codePoints = Array.from(text, (character) => character.codePointAt(0)!.toString(16).padStart(8, '0'));
    return `'${codePoints.map((hex) => `\\U${hex}`).join('')}'`;
  }

  /** Reads from every position, and from within surrogate pairs, what is missing there. */
  async function resumeEverywhere(
    jobId: string,
    run: string,
    untilAll: (reader: JobEvents) => Promise<void>,
  ): Promise<void> {
    for (let stdout = 0; stdout <= STDOUT.length; stdout++) {
      const positions = Array.from({ length: STDERR.length + 1 }, (_, stderr) => `${run}-${stdout}-${stderr}`);
      const readers = positions.map((position) => caller.follow(jobId, position));
      await Promise.all(readers.map(untilAll));
      for (const [stderr, reader] of readers.entries()) {
        expect([reader.text('stdout'), reader.text('stderr')]).toEqual([STDOUT.slice(stdout), STDERR.slice(stderr)]);
        reader.close();
      }
    }
  }

  it('gets what is missing of a program that runs, wherever it was, and then of its record', async () => {
    const jobId = await caller.accept(`import os
os.write(1, ${literal(STDOUT)}.encode())
os.write(2, ${literal(STDERR)}.encode())
${waitingProgram('resumed')}`);
    using events = caller.follow(jobId);
    await events.until('all', () => events.text('stdout') === STDOUT && events.text('stderr') === STDERR);
    const end = events.lastId;
    const [run = ''] = end.split('-');
    await resumeEverywhere(jobId, run, async (reader) => {
      await reader.until('it has all', () => reader.answers.length > 0 && reader.lastId === end);
    });
    await goOn(service, 'resumed');
    expect((await events.done()).outcome).toMatchObject({ stdout: STDOUT, stderr: STDERR });
    await resumeEverywhere(jobId, run, async (reader) => {
      await reader.done();
    });
  }, 60_000);

  it.each(['', 'x', '1-2', '-1-2-3', '1-2-3-4', '1e3-0-0', `${'9'.repeat(20)}-0-0`])(
    'gets everything for an id such as %j',
    async (lastEventId) => {
      const jobId = await caller.accept("print('all')");
      await caller.untilEnded(jobId);
      using events = caller.follow(jobId, lastEventId);
      await events.done();
      expect(events.types).toEqual(['stdout', 'done']);
    },
  );

  it('goes on elsewhere when its instance is stopped, which does not wait for it', async () => {
    const stopped = await Service.start({ ...shared, ROLE: 'api' });
    let instance = stopped;
    const jobId = await caller.accept(`print('before', flush=True)\n${pause('moved')}\nprint('after')`);
    using events = new Caller(() => instance, caller.key).follow(jobId);
    await events.untilTold('before\n');
    instance = service;
    const startedAt = performance.now();
    expect(await stopped.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await stopped[Symbol.asyncDispose]();
    await goOn(service, 'moved');
    await events.done();
    expect(events.text('stdout')).toBe('before\nafter\n');
    expect(events.answers).toEqual([200, 200]);
  });
});

describe('a service that is stopped', () => {
  it('ends its streams at once, and then finishes the job', async () => {
    await using own = await PrivateRedis.start();
    await using alone = await Service.start({ ...shared, REDIS_URL: own.url });
    const last = new Caller(() => alone, caller.key);
    const jobId = await last.accept(waitingProgram('last'));
    const headers = { 'x-api-key': last.key };
    const stream = await fetch(`${alone.origin}/v1/jobs/${jobId}/events`, { headers });
    alone.signal('SIGTERM');
    expect(await stream.text()).not.toContain('event:');
    const { status, text } = await last.ask(jobId, '/events');
    expect([status, text]).toEqual([503, SHUTTING_DOWN]);
    await goOn(alone, 'last');
    expect(await alone.ended()).toBe(0);
  });
});

describe('output', () => {
  async function published(): Promise<number> {
    const stats = await connections.commands.info('commandstats');
    return Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  function residentMebibytes(pid: number): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  it('is told in whole characters, as the record has it', async () => {
    const jobId = await caller.accept(`import os
os.write(1, b'one \\xf0\\x9f')
${pause('split')}
os.write(1, b'\\x98\\x80 \\xff\\xe2\\x82')
`);
    using events = caller.follow(jobId);
    await events.untilTold('one ');
    await goOn(service, 'split');
    expect((await events.done()).outcome.stdout).toBe('one 😀 \ufffd\ufffd');
    expect(events.text('stdout')).toBe('one 😀 \ufffd\ufffd');
  });

  it('of a byte at a time is gathered', async () => {
    const jobId = await caller.accept(`import os, time
${pause('bytes')}
for number in range(2000):
    os.write(1, b'%d' % (number % 10))
    time.sleep(0.0005)
`);
    using events = caller.follow(jobId);
    await untilWaiting(service, 'bytes');
    await events.until('it is followed', () => events.answers.length === 1);
    const before = await published();
    await goOn(service, 'bytes');
    const { run_time } = await events.done();
    expect(events.text('stdout')).toBe('0123456789'.repeat(200));
    // One in 25 ms, and those by which the job is looked at.
    expect((await published()) - before).toBeLessThan((run_time * 1000) / 25 + 10);
    expect(events.events.length).toBeGreaterThan(3);
  });

  it('that readers do not take slows no job, and no memory grows with their number', async () => {
    // As JSON six times as long: more than the kernel's buffers take.
    const jobId = await caller.accept(`import os
${pause('flood')}
for _ in range(1024):
    os.write(1, b'\\x01' * ${OUTPUT_BYTES / 1024})
`);
    const readers = await Promise.all(Array.from({ length: 100 }, () => caller.followWithoutReading(jobId)));
    await untilWaiting(service, 'flood');
    const before = residentMebibytes(service.pid);
    await goOn(service, 'flood');
    const { outcome, run_time } = await caller.untilEnded(jobId);
    expect(outcome.stdout).toHaveLength(OUTPUT_BYTES);
    expect(run_time).toBeLessThan(10);
    // 100 × 12 MiB, if all were kept that is to be written.
    expect(residentMebibytes(service.pid) - before).toBeLessThan(500);
    const [reader, ...others] = readers as [IncomingMessage, ...IncomingMessage[]];
    for (const each of others) each.destroy();
    let text = '';
    reader.setEncoding('utf8').socket.resume();
    for await (const chunk of reader) text += chunk as string;
    const told = text.matchAll(/^event: stdout\nid: .*\ndata: (.*)$/gm);
    expect(Array.from(told, ([, data = '']) => JSON.parse(data) as string).join('')).toBe(outcome.stdout);
    expect(text).toMatch(/\n\nevent: done\nid: done\ndata: \{.*\}\n\n$/);
  }, 60_000);

  it('of a program over the output limit is told up to the limit', async () => {
    using events = caller.follow(await caller.accept(`import os\nwhile True: os.write(1, 'é'.encode() * 999)`));
    const { status, outcome } = await events.done();
    expect([status, outcome.kind]).toEqual(['failed', 'over_limit']);
    expect(events.text('stdout')).toBe(outcome.stdout);
  });
});

describe('a Redis that goes away', () => {
  it('interrupts a stream, and costs it nothing', async () => {
    await using alone = await Service.start({ API_KEYS: `caller:${caller.key}`, WORKER_CONCURRENCY: '1' });
    const follower = new Caller(() => alone, caller.key);
    const jobId = await follower.accept(`print('before', flush=True)
${pause('outage')}
print('after', flush=True)
${pause('outage')}`);
    using events = follower.follow(jobId);
    await events.untilTold('before\n');
    process.kill(alone.children('redis-server')[0]!, 'SIGKILL');
    await goOn(alone, 'outage');
    await events.untilTold('before\nafter\n');
    await goOn(alone, 'outage');
    expect(await events.done()).toMatchObject({ status: 'succeeded' });
    expect(events.answers).toEqual([200]);
  });
});
