// How long jobs wait in the queue, by simulation: what stands behind the default settings; see README.md here.
//   npm run bench:waits                under a minute; the same figures each time
//   npm run bench:waits -- --replay    beside the real service, with the same jobs: a minute
import { parseArgs } from 'node:util';
import { waitQuantile } from './erlang.mjs';
import { replay } from './queue-replay.mjs';
import { arrivals, merged, simulate } from './queue.simulation.mjs';
import { boundedPareto, exponential, constant, meanOf, mixture, seeded, uniform } from './random.mjs';
import { quantile, table } from './report.mjs';
import { FairLine, FirstComeLine } from './waiting-lines.mjs';

const SEED = 20;
const JOBS = 400_000;
const MAX_QUEUE_LENGTH = 1_000;
const SLOTS = [2, 8, 32];
const UTILISATIONS = [0.5, 0.8, 0.95];
/** What programs take of a slot: seconds. */
const RUN_TIMES = [
  { name: 'prints, 5 ms', draw: constant(0.005) },
  { name: 'numpy, 50 ms', draw: exponential(0.05) },
  { name: 'a tail: 20 ms to 30 s', draw: boundedPareto(0.02, 30, 1.2) },
  { name: '90 % 5 ms, 9 % 50 ms, 1 % 5-30 s', draw: mixture([[0.9, constant(0.005)], [0.09, exponential(0.05)], [0.01, uniform(5, 30)]]) }, // prettier-ignore
].map((each) => ({ ...each, mean: meanOf(each.draw) }));

/** The first jobs of some keys. */
function take(sources, count) {
  const random = seeded(SEED);
  const jobs = merged(Object.entries(sources).map(([key, source]) => arrivals(key, source, random)));
  return Array.from({ length: count }, () => jobs.next().value);
}

const seconds = (value) => (value >= 10 ? value.toFixed(0) : value.toPrecision(value < 0.001 ? 1 : 2));
const percent = (part) => (part === 0 ? '0' : `${(100 * part).toPrecision(2)} %`);

/** Waits at the median, the 95th and the 99th percentile, and the part that was refused. */
function describe(seen) {
  const waits = seen.filter(({ waitSeconds }) => waitSeconds !== null).map(({ waitSeconds }) => waitSeconds);
  const refused = percent(1 - waits.length / seen.length);
  return [
    waits.length === 0 ? '' : [0.5, 0.95, 0.99].map((part) => seconds(quantile(waits, part))).join(' / '),
    refused,
  ];
}

const capacityOf = ({ mean }, slots) => slots / mean;

/** One key, jobs one by one: what a slot more or less does. */
function utilisationTable() {
  const rows = RUN_TIMES.flatMap((runTime) =>
    SLOTS.map((slots) => {
      const cells = UTILISATIONS.flatMap((utilisation) => {
        const source = { perSecond: utilisation * capacityOf(runTime, slots), runTime: runTime.draw };
        return describe(simulate(take({ a: source }, JOBS), { slots, places: MAX_QUEUE_LENGTH, line: new FairLine() }));
      });
      return [runTime.name, slots, ...cells];
    }),
  );
  const heads = UTILISATIONS.flatMap((utilisation) => [`${100 * utilisation} % busy`, 'refused']);
  return table([['programs', 'slots', ...heads], ...rows]);
}

/** One key, jobs in bursts, at 80 %. */
function burstTable() {
  const sizes = [10, 100, 1_000, 2_000];
  const rows = RUN_TIMES.slice(1).flatMap((runTime) =>
    SLOTS.map((slots) => {
      const cells = sizes.flatMap((burst) => {
        const source = { perSecond: 0.8 * capacityOf(runTime, slots), burst, runTime: runTime.draw };
        return describe(simulate(take({ a: source }, JOBS), { slots, places: MAX_QUEUE_LENGTH, line: new FairLine() }));
      });
      return [runTime.name, slots, ...cells];
    }),
  );
  return table([['programs', 'slots', ...sizes.flatMap((size) => [`bursts of ${size}`, 'refused'])], ...rows]);
}

/** One key sends twice what the slots can run, in bursts; four others together a fifth of it. */
function keyTable() {
  const slots = 8;
  const [, runTime] = RUN_TIMES;
  const capacity = capacityOf(runTime, slots);
  const modest = { perSecond: 0.05 * capacity, runTime: runTime.draw };
  const greedy = { perSecond: 2 * capacity, burst: 200, runTime: runTime.draw };
  const jobs = take({ greedy, 'modest-1': modest, 'modest-2': modest, 'modest-3': modest, 'modest-4': modest }, JOBS);
  const variants = [
    ['first come, first served', FirstComeLine, Infinity],
    ['rounds', FairLine, Infinity],
    ['first come, MAX_QUEUED_PER_KEY=500', FirstComeLine, 500],
    ['rounds, MAX_QUEUED_PER_KEY=500', FairLine, 500],
  ];
  const rows = variants.map(([name, Line, maxQueuedPerKey]) => {
    const seen = simulate(jobs, { slots, places: MAX_QUEUE_LENGTH, maxQueuedPerKey, line: new Line() });
    return [
      name,
      ...describe(seen.filter(({ key }) => key !== 'greedy')),
      ...describe(seen.filter(({ key }) => key === 'greedy')),
    ];
  });
  return table([['order', 'modest keys', 'refused', 'greedy key', 'refused'], ...rows]);
}

/** Offered a fifth too much for an hour, then nothing: what the queue's length decides. */
function lengthTable() {
  const slots = 8;
  const rows = RUN_TIMES.slice(1).flatMap((runTime) =>
    [100, 300, 1_000, 3_000, 10_000].map((places) => {
      const source = { perSecond: 1.2 * capacityOf(runTime, slots), runTime: runTime.draw };
      const seen = simulate(take({ a: source }, JOBS), { slots, places, line: new FairLine() });
      const expected = seconds((places * runTime.mean) / slots);
      return [runTime.name, places, expected, ...describe(seen.slice(JOBS / 2))];
    }),
  );
  return table([['programs', 'MAX_QUEUE_LENGTH', 'length x run time / slots', 'waits', 'refused'], ...rows]);
}

/** The fewest slots with which 95 of 100 wait no longer than that, in mean run times. */
function slotTable() {
  const targets = [10, 1, 0.1];
  const fewest = (load, isEnough) => {
    let slots = Math.floor(load) + 1;
    while (!isEnough(slots)) slots++;
    return `${slots} (${Math.round((100 * load) / slots)} %)`;
  };
  const rows = [0.5, 1, 2, 4, 8, 16, 32, 64].map((load) => {
    const oneByOne = targets.map((target) => fewest(load, (slots) => waitQuantile(slots, load, 0.95) <= target));
    const jobs = take({ a: { perSecond: load, burst: 20, runTime: exponential(1) } }, JOBS / 4);
    const inBursts = targets.slice(0, 2).map(
      (target) =>
      fewest(load, (slots) => quantile(simulate(jobs, { slots, line: new FirstComeLine() }).map((each) => each.waitSeconds), 0.95) <= target), // prettier-ignore
    );
    return [load, ...oneByOne, ...inBursts];
  });
  const heads = [...targets.map((target) => `one by one: ${target}`), '20 at once: 10', '20 at once: 1'];
  return table([['load', ...heads], ...rows]);
}

const { replay: isReplay } = parseArgs({ options: { replay: { type: 'boolean', default: false } } }).values;
if (isReplay) console.log(await replay());
else {
  console.log('Waits in seconds, p50 / p95 / p99, and the part that was refused with 1000 places.\n');
  console.log(
    `Programs, and the seconds they run on average: ${RUN_TIMES.map(({ name, mean }) => `${name}: ${seconds(mean)}`).join('; ')}.`,
  );
  console.log(`\n## Jobs one by one\n\n${utilisationTable()}`);
  console.log(`\n## Jobs in bursts, 80 % busy\n\n${burstTable()}`);
  console.log(`\n## A greedy key: twice what 8 slots can run, 50 ms each, in bursts of 200\n\n${keyTable()}`);
  console.log(`\n## A fifth too much for 8 slots, for as long as it takes\n\n${lengthTable()}`);
  console.log(
    `\n## Slots, and how busy they are, for 95 of 100 to wait at most so many mean run times\n\n${slotTable()}`,
  );
}
