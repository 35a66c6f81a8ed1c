// What an honest caller feels of an attacker in the other slot; see README.md here.
//   npm run bench:fairness               under 4 minutes
//   npm run bench:fairness -- --quick    under a minute
//   npm run bench:fairness -- --overload   what modest keys feel of a greedy one, in under a minute
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ATTACKERS, PLAIN } from './attackers.mjs';
import { measureOverload, OVERLOAD_SETTINGS, reportOverload } from './overload.mjs';
import { quantile, table } from './report.mjs';
import { Service } from './service.mjs';

const SLICE_MS = 500;
/** Ends an attacker's program, most of which never end by themselves: the service's own least timeout is a second. */
const ALARM = 'import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.5)\n';
const TIMEOUT_SECONDS = 1;
/** Until it is in full swing. */
const ATTACK_MS = 100;
/** Between attackers: the service clears up after the last one. */
const SETTLE_MS = 50;
/** The plain neighbour is what all are compared with: it runs so many times a round, between the others. */
const PLAIN_EVERY = 8;
const AIM = 1.3;
const WARM_UP_MS = 3_000;
const OVERLOAD_MS = 20_000;

const HONEST = [
  { name: 'print', code: 'print("Hello")', output: 'Hello\n' },
  {
    name: 'work',
    code: 'import decimal, sqlite3, xml.dom.minidom\nprint(sum(i * i for i in range(100_000)))',
    output: '333328333350000\n',
  },
];
const IDLE = { name: 'an idle slot', code: null };

const {
  quick,
  overload,
  only,
  rounds: wanted,
} = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    overload: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
  },
}).values;
const budgetMs = quick ? 50_000 : 225_000;
const attackers = ATTACKERS.filter(({ name }) => only === undefined || new RegExp(only).test(name));

/** Honest programs one after the other, for as long as the attacker goes on. Adds their latencies to those of `seen`. */
async function measureBeside(service, { code }, seen) {
  const until = performance.now() + SLICE_MS;
  const attack = async () => {
    do await (code === null ? setTimeout(SLICE_MS) : service.attempt(ALARM + code, TIMEOUT_SECONDS));
    while (performance.now() < until);
  };
  let attacking = true;
  const attacked = attack().finally(() => {
    attacking = false;
  });
  await setTimeout(ATTACK_MS);
  do {
    for (const program of HONEST) {
      const sent = performance.now();
      await service.run(program);
      seen.get(program).push(performance.now() - sent);
    }
  } while (attacking);
  await attacked;
  await setTimeout(SETTLE_MS);
}

/** @returns latencies by neighbour and honest program */
async function measureRounds(service) {
  const turns = [IDLE, ...attackers.flatMap((each, index) => (index % PLAIN_EVERY === 0 ? [PLAIN, each] : [each]))];
  const latencies = new Map(turns.map((each) => [each, new Map(HONEST.map((program) => [program, []]))]));
  const started = performance.now();
  let round = 0;
  for (
    let longest = 0;
    wanted === undefined ? performance.now() - started + longest < budgetMs : round < wanted;
    round++
  ) {
    const roundStarted = performance.now();
    for (const neighbour of turns) await measureBeside(service, neighbour, latencies.get(neighbour));
    longest = Math.max(longest, performance.now() - roundStarted);
    process.stderr.write(`round ${round + 1} took ${((performance.now() - roundStarted) / 1000).toFixed(0)} s\n`);
  }
  return { latencies, rounds: round };
}

function report({ latencies, rounds }) {
  const plain = latencies.get(PLAIN);
  const rows = [...latencies].map(([{ name }, seen]) => {
    const cells = HONEST.flatMap((program) =>
      [0.5, 0.95].flatMap((part) => {
        const value = quantile(seen.get(program), part);
        const ratio = value / quantile(plain.get(program), part);
        return [value.toFixed(1), `${ratio.toFixed(2)}${ratio > AIM ? ' !' : ''}`];
      }),
    );
    return [name, ...cells];
  });
  const heads = HONEST.flatMap(({ name }) => [`${name} p50`, 'x plain', 'p95', 'x plain']);
  return `${rounds} rounds. Milliseconds, and as a ratio to those beside \`${PLAIN.code}\`; ! is over ${AIM}.\n\n${table([['beside', ...heads], ...rows])}`;
}

const service = await Service.start(overload ? OVERLOAD_SETTINGS : { WORKER_CONCURRENCY: '2' });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void service.stop().finally(() => process.exit(1)));
}
try {
  if (overload) {
    await measureOverload(service, WARM_UP_MS);
    console.log(reportOverload(await measureOverload(service, OVERLOAD_MS)));
  } else {
    for (const program of HONEST) for (let count = 0; count < 50; count++) await service.run(program);
    console.log(report(await measureRounds(service)));
  }
} finally {
  await service.stop();
}
