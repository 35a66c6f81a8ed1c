// Runs the fuzzers for as long as wanted:  npm run fuzz -- [--seconds N] [--seed N]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** How many share the time. */
const FUZZERS = 4;
const COMMANDS = [
  'jest --selectProjects e2e --runInBand test/fuzz.e2e-spec.ts',
  'cd python-runtime && .venv-dev/bin/python -m pytest -q tests/test_fuzz.py',
];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run fuzz -- [--seconds N] [--seed N]');
  process.exit(2);
}

console.log(`fuzz: ${seconds} seconds, seed ${seed}`);
const env = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
  FUZZ_SECONDS: String(seconds / FUZZERS),
  FUZZ_SEED: String(seed),
};
const results = COMMANDS.map((command) => spawnSync('bash', ['-c', command], { cwd: ROOT, env, stdio: 'inherit' }));
process.exit(results.every(({ status }) => status === 0) ? 0 : 1);
