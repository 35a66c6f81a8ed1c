// Compares this service with bare Python and with nsjail around Python; see README.md here.
//   npm run bench               about 5 minutes
//   npm run bench -- --quick    under a minute
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { load, measureRounds } from './measurement.mjs';
import { PROGRAMS } from './programs.mjs';
import { PythonStarter, stageCommand } from './python.mjs';
import { report } from './report.mjs';
import { Service } from './service.mjs';

const STAGED = 'BENCH_STAGED';
const MANY = 8;
const FULL = { callers: [1, availableParallelism(), MANY], sliceMs: 700, budgetMs: 300_000, warmUpMs: 2_000 };
const QUICK = { callers: [1, MANY], sliceMs: 250, budgetMs: 46_000, warmUpMs: 700 };

/** Starts over as the same process, where nsjail finds its mounts. */
function becomeStaged() {
  const command = ['env', ...stageCommand, process.execPath, ...process.argv.slice(1)];
  process.execve('/usr/bin/env', command, { ...process.env, [STAGED]: '1' });
}

async function bench(service, starter, { callers, warmUpMs, ...options }) {
  const sides = {
    service: (program, slice) => load(() => service.run(program), slice),
    bare: (program, slice) => starter.load('bare', program, slice),
    nsjail: (program, slice) => starter.load('nsjail', program, slice),
  };
  for (const program of PROGRAMS) {
    // Jails with preloaded modules start at their first use, one in each slot; and compilers take their time.
    await sides.service(program, { callers: MANY, sliceMs: warmUpMs });
    for (const side of [sides.bare, sides.nsjail]) await side(program, { callers: 1, sliceMs: 1 });
  }
  const counts = [...new Set(callers)].sort((a, b) => a - b);
  const cases = PROGRAMS.flatMap((program) => counts.map((count) => ({ program, callers: count })));
  const processes = { servicePid: service.pid, spawnerPid: starter.pid };
  console.log(report(cases, await measureRounds(cases, sides, { ...options, processes })));
}

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
if (stageCommand.length > 0 && process.env[STAGED] === undefined) becomeStaged();

const service = await Service.start();
const starter = new PythonStarter();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void service.stop().finally(() => process.exit(1)));
}
try {
  await bench(service, starter, quick ? QUICK : FULL);
} finally {
  starter.stop();
  await service.stop();
}
