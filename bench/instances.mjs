// Whether what an answer costs grows with the number of instances; see README.md here.
//   npm run bench:instances               about 8 minutes
//   npm run bench:instances -- --quick    under 2 minutes
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PROGRAMS } from './programs.mjs';
import { BenchRedis } from './redis.mjs';
import { table } from './report.mjs';
import { Service } from './service.mjs';

const API_COUNTS = [1, 4, 16];
const WORKERS = 2;
const WORKER_SETTINGS = { ROLE: 'worker', WORKER_CONCURRENCY: '2' };
const CALLERS = 8;
const WARM_UP_JOBS = 64;
/** Several times the longest interval at which an instance asks Redis something, a quarter of a minute. */
const FULL = { jobs: 2_000, idleMs: 60_000 };
const QUICK = { jobs: 1_000, idleMs: 15_000 };
const COUNTER = join(import.meta.dirname, 'received-messages.mjs');

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const { jobs, idleMs } = quick ? QUICK : FULL;
const folder = mkdtempSync(join(tmpdir(), 'bench-instances-'));
const running = [];

/** An instance that notes of which jobs it is told. */
async function startInstance(redis, name, settings) {
  const messagesFile = join(folder, name);
  const counting = { NODE_OPTIONS: `--import=${COUNTER}`, RECEIVED_MESSAGES_FILE: messagesFile };
  const service = await Service.start({ REDIS_URL: redis.url, ...settings, ...counting });
  const instance = { service, messagesFile, answered: new Set() };
  running.push(instance);
  return instance;
}

/** So many jobs, one after the other by each caller, to each instance in turn. */
async function send(apis, count) {
  let sent = 0;
  const call = async () => {
    while (sent < count) {
      const { service, answered } = apis[sent++ % apis.length];
      answered.add(await service.run(PROGRAMS[0]));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

/** What Redis does in some time, and how long that was. */
async function during(redis, work) {
  const [before, started] = [await redis.reading(), performance.now()];
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { ...redis.between(before, await redis.reading()), seconds };
}

const messagesOf = ({ messagesFile }) =>
  existsSync(messagesFile) ? readFileSync(messagesFile, 'utf8').split('\n').filter(Boolean) : [];

async function stopAll() {
  await Promise.all(running.splice(0).map(({ service }) => service.stop()));
}

async function measure(count) {
  const redis = await BenchRedis.start();
  try {
    const workers = [];
    for (let i = 0; i < WORKERS; i++) workers.push(await startInstance(redis, `${count}-worker-${i}`, WORKER_SETTINGS));
    const beforeApis = await during(redis, () => setTimeout(idleMs));
    const apis = [];
    for (let i = 0; i < count; i++) apis.push(await startInstance(redis, `${count}-api-${i}`, { ROLE: 'api' }));
    await send(apis, WARM_UP_JOBS);
    const idle = await during(redis, () => setTimeout(idleMs));
    const busy = await during(redis, () => send(apis, jobs));
    await stopAll();
    const received = apis.map(messagesOf);
    return {
      ...{ count, beforeApis, idle, busy },
      answered: apis.reduce((sum, { answered }) => sum + answered.size, 0),
      delivered: received.flat().length,
      toWorkers: workers.flatMap(messagesOf).length,
      foreign: apis.flatMap(({ answered }, index) => received[index].filter((id) => !answered.has(id))).length,
      published: busy.calls.get('publish') ?? 0,
    };
  } finally {
    await stopAll();
    await redis.stop();
  }
}

/** Of a counter what a job costs, and what the instances ask for all the time. */
const perJob = ({ busy, idle }, name) => (busy[name] - (idle[name] / idle.seconds) * busy.seconds) / jobs;
const perSecond = (period, name) => period[name] / period.seconds;

/** Each row is a figure and how many times that of one instance it is. */
function jobTable(results) {
  const rows = [
    ['commands of Redis', (each) => perJob(each, 'commands'), 2],
    ['bytes to Redis', (each) => perJob(each, 'bytesIn'), 0],
    ['bytes from Redis', (each) => perJob(each, 'bytesOut'), 0],
    ["Redis' CPU, ms", (each) => 1000 * perJob(each, 'cpuSeconds'), 3],
    ['messages published, also where nobody listens', (each) => each.published / jobs, 2],
    ['messages delivered', (each) => (each.delivered + each.toWorkers) / each.answered, 3],
    ['… of jobs of another instance', (each) => each.foreign / each.answered, 3],
  ].map(([name, value, digits]) => [
    name,
    ...results.map((each) => {
      const [own, first] = [value(each), value(results[0])];
      return own.toFixed(digits) + (each === results[0] || first === 0 ? '' : ` (${(own / first).toFixed(2)})`);
    }),
  ]);
  return table([['per job', ...results.map(({ count }) => `${count} api`)], ...rows]);
}

function idleTable(results) {
  const rows = [
    ['commands', (period) => perSecond(period, 'commands'), 1],
    ['bytes to Redis', (period) => perSecond(period, 'bytesIn'), 0],
    ['bytes from Redis', (period) => perSecond(period, 'bytesOut'), 0],
    ['CPU, ms', (period) => 1000 * perSecond(period, 'cpuSeconds'), 2],
  ].map(([name, value, digits]) => [
    name,
    value(results[0].beforeApis).toFixed(digits),
    ...results.map(({ idle }) => value(idle).toFixed(digits)),
  ]);
  return table([['per second, idle', 'no api', ...results.map(({ count }) => `${count} api`)], ...rows]);
}

/** Which commands those are: what the most instances ask for all the time, and what a job is made of. */
function commandTable(results) {
  const [one, most] = [results[0], results.at(-1)];
  const rate = ({ calls, seconds }, name) => (calls.get(name) ?? 0) / seconds;
  const names = [...new Set([...most.idle.calls.keys(), ...most.busy.calls.keys()])];
  const rows = names
    .map((name) => [name, rate(one.idle, name), rate(most.idle, name), (most.busy.calls.get(name) ?? 0) / jobs])
    .filter(([, , idle, busy]) => idle >= 0.05 || busy >= 0.05)
    .sort((a, b) => b[3] - a[3]);
  const cells = rows.map(([name, ...values]) => [name, ...values.map((value) => value.toFixed(2))]);
  const idle = ({ count }) => `idle, per second, ${count} api`;
  return table([['command', idle(one), idle(most), `per job, ${most.count} api`], ...cells]);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stopAll().finally(() => process.exit(1)));
const results = [];
try {
  for (const count of API_COUNTS) {
    results.push(await measure(count));
    process.stderr.write(`${count} api: done\n`);
  }
  console.log(
    `${WORKERS} workers, ${jobs} jobs from ${CALLERS} callers, \`${PROGRAMS[0].code}\`; in brackets times 1 api.`,
  );
  console.log(`\n${jobTable(results)}\n\n${idleTable(results)}\n\n${commandTable(results)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
