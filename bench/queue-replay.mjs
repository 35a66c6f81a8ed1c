import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { arrivals, merged, simulate } from './queue.simulation.mjs';
import { exponential, seeded } from './random.mjs';
import { quantile, table } from './report.mjs';
import { Service } from './service.mjs';
import { FairLine, FirstComeLine } from './waiting-lines.mjs';

const SLOTS = 2;
const DURATION_SECONDS = 60;
/** Sleeps: what is compared is the queue, not the machine. */
const RUN_TIME = exponential(0.2);
const KEYS = {
  greedy: { perSecond: 6, burst: 20, runTime: RUN_TIME },
  'modest-1': { perSecond: 1, runTime: RUN_TIME },
  'modest-2': { perSecond: 1, runTime: RUN_TIME },
};
const keyOf = (name) => `the-key-of-${name}`;
const SETTINGS = {
  WORKER_CONCURRENCY: `${SLOTS}`,
  API_KEYS: Object.keys(KEYS).map((name) => `${name}:${keyOf(name)}`).join(','), // prettier-ignore
};

/** Sends the jobs of some keys to a real service, each at its time, and gives what it says of them. */
async function observe(service) {
  const random = seeded(5);
  const answered = [];
  const started = performance.now();
  for (const { key, at, runSeconds } of merged(
    Object.entries(KEYS).map(([key, source]) => arrivals(key, source, random)),
  )) {
    if (at > DURATION_SECONDS) break;
    const early = at * 1000 - (performance.now() - started);
    if (early > 0) await setTimeout(early);
    const sent = (performance.now() - started) / 1000;
    const answer = service.send(`import time\ntime.sleep(${runSeconds})`, keyOf(key));
    answered.push(answer.then(({ body }) => ({ key, at: sent, ...timesOf(body) })));
  }
  return Promise.all(answered);
}

function timesOf(body) {
  const { run_time: runSeconds, queue_time: waitSeconds } = JSON.parse(body);
  return { runSeconds, waitSeconds };
}

const WAITS = [0.5, 0.95, 0.99];

function row(name, seen) {
  const waits = (isGreedy) =>
    seen.filter(({ key }) => (key === 'greedy') === isGreedy).map(({ waitSeconds }) => waitSeconds);
  const cells = [true, false].map((isGreedy) =>
    WAITS.map((part) => quantile(waits(isGreedy), part).toFixed(2)).join(' / '),
  );
  return [name, ...cells];
}

/** What jobs wait in a real service, and in the simulation for the same jobs: those times of arrival, those run times. */
export async function replay() {
  const service = await Service.start(SETTINGS);
  try {
    for (let count = 0; count < 10; count++) await service.send('', keyOf('greedy'));
    const observed = await observe(service);
    const simulated = (Line) => simulate(observed, { slots: SLOTS, line: new Line() });
    const rows = [
      row('the service', observed),
      row('simulated', simulated(FairLine)),
      row('simulated, first come, first served', simulated(FirstComeLine)),
    ];
    return `${observed.length} jobs on ${SLOTS} slots. Waits in seconds, p50 / p95 / p99.\n\n${table([['', 'greedy key', 'modest keys'], ...rows])}`;
  } finally {
    await service.stop();
  }
}
