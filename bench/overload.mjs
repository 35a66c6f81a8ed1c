import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { quantile, table } from './report.mjs';

const GREEDY = 'greedy';
const MODEST = ['modest-1', 'modest-2', 'modest-3', 'modest-4'];
const keyOf = (name) => `the-key-of-${name}`;
const SLOTS = 2;
/** Sleeps: what the service itself can do is not what is measured. */
const RUN_MS = 20;
const CODE = `import time\ntime.sleep(${RUN_MS / 1000})`;
/** Times as many as the slots can run. */
const OVERLOAD = 10;

/** A service of few slots, and keys of which one must not get all of them. */
export const OVERLOAD_SETTINGS = {
  WORKER_CONCURRENCY: `${SLOTS}`,
  API_KEYS: [GREEDY, ...MODEST].map((name) => `${name}:${keyOf(name)}`).join(','),
  MAX_QUEUED_PER_KEY: '100',
};

/** One key sends ten times what can be run, whatever it is answered; the others send a program when they have their answer. */
export async function measureOverload(service, durationMs) {
  const seen = new Map([GREEDY, ...MODEST].map((name) => [name, []]));
  const until = performance.now() + durationMs;
  const send = async (name) => {
    const sent = performance.now();
    const { status, retryAfter } = await service.send(CODE, keyOf(name));
    seen.get(name).push({ status, retryAfter, ms: performance.now() - sent });
  };
  const greedy = async () => {
    const calls = [];
    const started = performance.now();
    const everyMs = RUN_MS / SLOTS / OVERLOAD;
    while (performance.now() < until) {
      for (; calls.length * everyMs < performance.now() - started;) calls.push(send(GREEDY));
      await setTimeout(1);
    }
    await Promise.all(calls);
  };
  const modest = async (name) => {
    while (performance.now() < until) await send(name);
  };
  await Promise.all([greedy(), ...MODEST.map(modest)]);
  return seen;
}

/** What each key was answered, and how soon. */
export function reportOverload(seen) {
  const rows = [...seen].flatMap(([name, answers]) =>
    [...new Set(answers.map(({ status }) => status))].sort().map((status) => {
      const those = answers.filter((answer) => answer.status === status);
      const times = [0.5, 0.99].map((part) =>
        quantile(
          those.map(({ ms }) => ms),
          part,
        ).toFixed(1),
      );
      const waits = those.map(({ retryAfter }) => Number(retryAfter)).filter((seconds) => seconds > 0);
      return [name, status, those.length, ...times, waits.length === 0 ? '' : quantile(waits, 0.5)];
    }),
  );
  const round = ((1 + MODEST.length) * RUN_MS) / SLOTS;
  return `A round, one program of each key, takes ${round} ms at least.\n\n${table([['key', 'status', 'answers', 'p50 ms', 'p99 ms', 'Retry-After'], ...rows])}`;
}
