import { PROGRAMS } from './programs.mjs';
import { median, table } from './report.mjs';

/** The parts that add up to what a job costs, and their names. */
const SHARES = {
  ...{ apiMain: 'api: main', apiThreads: 'api: threads', redis: 'redis', workerMain: 'worker: main' },
  ...{ workerThreads: 'worker: threads', forkServer: 'fork server', program: 'program' },
};
const CORES = [2, 8, 32, 128];
/** So busy may a thread be before what waits for it waits noticeably. */
const BUSY = 0.7;
/** A program that is not measured: numpy's costs, and so much CPU time of its own. */
const LONG_MS = 50;

const total = (parts) => Object.keys(SHARES).reduce((sum, share) => sum + parts[share], 0);
const mediansOf = (slices) =>
  Object.fromEntries(Object.keys(slices[0]).map((part) => [part, median(slices.map((slice) => slice[part]))]));

/** Everything as Markdown. `slices[p][r]` is what a job of program p cost each part in round r: CPU milliseconds, and bytes. */
export function reportCosts(slices) {
  const costs = PROGRAMS.map(({ name }, index) => ({ name, ...mediansOf(slices[index]) }));
  return [
    `CPU time per job in ms: median of ${slices[0].length} rounds, and their middle half.`,
    costTable(slices),
    'So many jobs a second keep one of each busy all the time.',
    limitTable(costs),
    `What it takes to keep cores busy, no thread of Node's over ${100 * BUSY} %.`,
    sizeTable(costs),
  ].join('\n\n');
}

function costTable(slices) {
  const rows = PROGRAMS.map(({ name }, index) => {
    const cells = Object.keys(SHARES).map((share) => spread(slices[index].map((slice) => slice[share])));
    return [name, ...cells, spread(slices[index].map(total))];
  });
  return table([['program', ...Object.values(SHARES), 'all'], ...rows]);
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)].toFixed(2);
  return `${median(values).toFixed(2)} (${at(0.25)}-${at(0.75)})`;
}

function limitTable(costs) {
  const rows = costs.map((cost) => [
    cost.name,
    ...[total(cost), cost.apiMain, cost.workerMain, cost.redisMain].map((ms) => (1000 / ms).toFixed(0)),
    ((cost.forkServer + cost.program) / cost.workerMain).toFixed(1),
    ...[cost.bytesIn, cost.bytesOut].map((bytes) => bytes.toFixed(0)),
  ]);
  const busy = ['a core, everything on it', "an api's thread", "a worker's thread", "Redis' thread"];
  const rest = ['cores of jails that a worker feeds', 'bytes to Redis per job', 'from Redis'];
  return table([['program', ...busy, ...rest], ...rows]);
}

function sizeTable(costs) {
  const numpy = costs.find(({ name }) => name === 'numpy');
  const rows = [...costs, { ...numpy, name: `${LONG_MS} ms of CPU`, program: LONG_MS }].flatMap((cost) =>
    CORES.map((cores) => {
      const perSecond = (1000 * cores) / total(cost);
      const [api, worker, redis] = [cost.apiMain, cost.workerMain, cost.redisMain].map((ms) => (perSecond * ms) / 1000);
      const [apis, workers] = [api, worker].map((threads) => Math.ceil(threads / BUSY));
      return [cost.name, cores, perSecond.toFixed(0), apis, workers, redis.toFixed(2)];
    }),
  );
  return table([
    ['program', 'cores', 'jobs a second', 'api processes', 'worker processes', "of Redis' thread"],
    ...rows,
  ]);
}
