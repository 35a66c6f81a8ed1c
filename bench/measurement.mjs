import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { difference, sample } from './processor.time.mjs';

/** After a slice the kernel still takes namespaces down and the fork servers prepare: neither may burden the next side. */
const SETTLE_MS = 100;

/** All sides run in turns: a, b, c, a, b, c … so that what else the machine does meets them alike. */
export async function measureRounds(cases, sides, { sliceMs, budgetMs, processes }) {
  const started = performance.now();
  const rounds = [];
  let longest = 0;
  while (rounds.length < 2 || performance.now() - started + longest < budgetMs) {
    const roundStarted = performance.now();
    const round = [];
    for (const { program, callers } of cases) {
      const slices = {};
      for (const [name, loadSide] of Object.entries(sides)) {
        slices[name] = await measureSlice(() => loadSide(program, { callers, sliceMs }), processes);
      }
      round.push(slices);
    }
    rounds.push(round);
    longest = Math.max(longest, performance.now() - roundStarted);
    process.stderr.write(`round ${rounds.length} took ${((performance.now() - roundStarted) / 1000).toFixed(0)} s\n`);
  }
  return rounds;
}

/** Requests of some callers, each sending its next when it has its answer, for some time. */
export async function load(run, { callers, sliceMs }) {
  const latencies = [];
  const started = performance.now();
  const call = async () => {
    let sent = started;
    let count = 0;
    while (sent < started + sliceMs) {
      await run();
      const answered = performance.now();
      latencies.push(answered - sent);
      sent = answered;
      count++;
    }
    // Each caller's own rate: the time in which the last of them is alone would be counted as idleness of the others.
    return count / ((sent - started) / 1000);
  };
  const rates = await Promise.all(Array.from({ length: callers }, call));
  return { latencies, perSecond: rates.reduce((sum, rate) => sum + rate, 0) };
}

async function measureSlice(loadSide, processes) {
  const started = performance.now();
  const before = sample(processes);
  const loaded = await loadSide();
  await setTimeout(SETTLE_MS);
  return { ...loaded, used: difference(before, sample(processes)), elapsedMs: performance.now() - started };
}
