// Runs the project's checks and tests, all of them even when one fails, and ends with `N passed, N failed`.
//   node scripts/verify.mjs check   setup, format, lint, types, dependency rules, dead code, unit tests
//   node scripts/verify.mjs all     all of that, then the tests that need a jail and a running service
// Plain Node 20: on a fresh machine this runs before anything is installed.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REPORTS = join(ROOT, '.test-reports');
const STEP_LIMIT = '40m';

const inPython = (command) => `cd python-runtime && .venv-dev/bin/${command}`;
const jest = (project, options = '') => ({
  name: `${project} tests`,
  command: `jest --selectProjects ${project} ${options} --json --outputFile .test-reports/${project}.json`,
  count: () => countJest(join(REPORTS, `${project}.json`)),
});
const pytest = (name, marker) => ({
  name: `python ${name} tests`,
  command: inPython(`python -m pytest -m "${marker}" --junit-xml ../.test-reports/python-${name}.xml`),
  count: () => countJunit(join(REPORTS, `python-${name}.xml`)),
});

const COMPARE_LOCK = `
  const { dependencies, devDependencies } = require("./package.json");
  const locked = require("./package-lock.json").packages[""];
  require("node:assert").deepStrictEqual(
    [locked.dependencies, locked.devDependencies], [dependencies, devDependencies], "run npm install");`;

const SETUP = { name: 'setup', command: 'scripts/setup.sh --dev' };
const CHECK = [
  { name: 'lock file', command: `node -e '${COMPARE_LOCK}'` },
  { name: 'format', command: 'prettier --check .' },
  { name: 'format python', command: inPython('ruff format --check .') },
  { name: 'lint', command: 'eslint --max-warnings 0 .' },
  { name: 'lint python', command: inPython('ruff check .') },
  { name: 'lint shell', command: 'python-runtime/.venv-dev/bin/shellcheck --external-sources scripts/*.sh .ci/run' },
  { name: 'types', command: 'tsc --noEmit' },
  { name: 'types python', command: inPython('mypy .') },
  { name: 'dependency rules', command: 'depcruise src test bench --output-type err-long' },
  { name: 'dead code', command: 'knip --no-progress' },
  jest('unit'),
  pytest('unit', 'not jail'),
];
const END_TO_END = [pytest('jail', 'jail'), { name: 'build', command: 'scripts/build.sh' }, jest('e2e', '--runInBand')];

function countJest(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
}

function countJunit(file) {
  const suite = /<testsuite [^>]*>/.exec(readFileSync(file, 'utf8'))[0];
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)[1]),
  );
  return { passed: tests - failures - errors - skipped, failed: failures + errors };
}

let running;

/** The exit code of a step; its output goes where ours goes. A step that hangs is ended. */
function run(command) {
  return new Promise((resolve) => {
    running = spawn('timeout', ['--kill-after=10s', STEP_LIMIT, 'bash', '-c', command], {
      cwd: ROOT,
      env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    running.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    running.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** Runs one step. A step that fails counts as one failure at least, whatever its report says or lacks. */
async function take({ name, command, count }) {
  console.log(`\n=== ${name}`);
  const started = Date.now();
  const exitCode = await run(command);
  let counted = { passed: 0, failed: 0 };
  try {
    counted = count?.() ?? counted;
  } catch (error) {
    counted.failed = 1;
    console.error(`no report of ${name}: ${error.message}`);
  }
  const failed = exitCode === 0 ? counted.failed : Math.max(1, counted.failed);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return { name, passed: counted.passed, failed, seconds };
}

async function main(mode) {
  const results = [];
  const interrupt = (signal) => {
    running?.kill(signal);
    report([...results, { name: `interrupted by ${signal}`, passed: 0, failed: 1, seconds: '0' }]);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);

  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS);
  results.push(await take(SETUP));
  const steps = mode === 'all' ? [...CHECK, ...END_TO_END] : CHECK;
  // Nothing can run where the setup failed.
  for (const step of results[0].failed ? [] : steps) results.push(await take(step));
  report(results);
}

function report(results) {
  const sum = (member) => results.reduce((total, result) => total + result[member], 0);
  console.log('');
  for (const { name, failed, seconds } of results) {
    console.log(`${failed ? 'FAILED' : 'ok    '} ${name} (${seconds} s)`);
  }
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(sum('failed') ? 1 : 0);
}

const [mode] = process.argv.slice(2);
if (mode !== 'check' && mode !== 'all') {
  console.error('usage: node scripts/verify.mjs check|all');
  process.exit(2);
}
await main(mode);
