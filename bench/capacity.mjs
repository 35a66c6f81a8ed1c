// What a job costs each part of the service, in CPU time, in Redis' memory and on the wire; see README.md here.
//   npm run bench:capacity               about 3 minutes
//   npm run bench:capacity -- --quick    under a minute
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { reportCosts } from './capacity.report.mjs';
import { load } from './measurement.mjs';
import { difference, sample } from './processor.time.mjs';
import { PROGRAMS } from './programs.mjs';
import { BenchRedis } from './redis.mjs';
import { table } from './report.mjs';
import { Service } from './service.mjs';

const WORKER_SETTINGS = { ROLE: 'worker', WORKER_CONCURRENCY: '4' };
/** More than the slots: the queue is never empty, as where it matters what a job costs. */
const CALLERS = 8;
const FULL = { rounds: 9, sliceMs: 3_000, warmUpMs: 3_000 };
const QUICK = { rounds: 3, sliceMs: 1_000, warmUpMs: 1_000 };
/** Jobs that wait, or have ended, when their memory is measured. */
const KEPT_JOBS = 500;
const SIZES = [
  { name: 'source of 0.1 kB', code: '# '.padEnd(100, 'x') },
  { name: 'source of 10 kB', code: '# '.padEnd(10_000, 'x') },
];
const OUTPUTS = [
  { name: 'output of 10 B', code: 'print("x" * 9)' },
  { name: 'output of 10 kB, random', code: 'import os\nprint(os.urandom(5_000).hex())' },
  { name: 'output of 10 kB, all alike', code: 'print("x" * 10_000)' },
];

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const { rounds, sliceMs, warmUpMs } = quick ? QUICK : FULL;
const started = [];

async function start(redis, settings) {
  const service = await Service.start({ REDIS_URL: redis.url, ...settings });
  started.push(service);
  return service;
}

/** CPU milliseconds per job of each part while callers send one program, and bytes to and from Redis. */
async function measureSlice({ redis, api, worker }, program) {
  const processes = [api, worker].map(({ pid }) => ({ servicePid: pid, spawnerPid: process.pid }));
  const before = [...processes.map(sample), await redis.reading()];
  const { latencies } = await load(() => api.run(program), { callers: CALLERS, sliceMs });
  const after = [...processes.map(sample), await redis.reading()];
  const [apiUsed, workerUsed] = [0, 1].map((index) => difference(before[index], after[index]));
  const redisUsed = redis.between(before[2], after[2]);
  const used = {
    ...{
      apiMain: apiUsed.main,
      apiThreads: apiUsed.threads,
      workerMain: workerUsed.main,
      workerThreads: workerUsed.threads,
    },
    ...{ redisMain: 1000 * redisUsed.mainSeconds, redis: 1000 * redisUsed.cpuSeconds },
    ...{ forkServer: workerUsed.forkServers, program: workerUsed.programs + workerUsed.changes },
    ...{ bytesIn: redisUsed.bytesIn, bytesOut: redisUsed.bytesOut },
  };
  return Object.fromEntries(Object.entries(used).map(([name, value]) => [name, value / latencies.length]));
}

async function measureCosts(parts) {
  for (const program of PROGRAMS) {
    await load(() => parts.api.run(program), { callers: CALLERS, sliceMs: warmUpMs });
  }
  const slices = PROGRAMS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of PROGRAMS.entries()) slices[index].push(await measureSlice(parts, program));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return slices;
}

/** Bytes of Redis per job: of those that wait, where no worker takes them. */
async function measureWaiting(size) {
  const redis = await BenchRedis.start();
  const api = await start(redis, { ROLE: 'api' });
  const before = await redis.usedBytes();
  for (let sent = 0; sent < KEPT_JOBS; sent++) await api.submit(size.code);
  const bytes = (await redis.usedBytes()) - before;
  await api.stop();
  await redis.stop();
  return bytes / KEPT_JOBS;
}

/** Bytes of Redis per job: of the records of those that have ended. */
async function measureEnded({ redis, api }, { code }) {
  const run = () => api.attempt(code, 30);
  await run();
  const before = await redis.usedBytes();
  for (let ended = 0; ended < KEPT_JOBS; ended++) await run();
  return ((await redis.usedBytes()) - before) / KEPT_JOBS;
}

async function stopAll() {
  await Promise.all(started.splice(0).map((service) => service.stop()));
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stopAll().finally(() => process.exit(1)));
const from = performance.now();
const redis = await BenchRedis.start();
try {
  const parts = { redis, worker: await start(redis, WORKER_SETTINGS), api: await start(redis, { ROLE: 'api' }) };
  const slices = await measureCosts(parts);
  const memory = [];
  for (const size of SIZES) memory.push([`waits, ${size.name}`, (await measureWaiting(size)).toFixed(0)]);
  for (const output of OUTPUTS)
    memory.push([`has ended, ${output.name}`, (await measureEnded(parts, output)).toFixed(0)]);
  console.log(`${reportCosts(slices)}\n\nMemory of Redis.\n\n${table([['a job that', 'bytes'], ...memory])}`);
  process.stderr.write(`took ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
} finally {
  await stopAll();
  await redis.stop();
}
