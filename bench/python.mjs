import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { URL } from 'node:url';

// The service's own code, as built: both sides find the same interpreter, mounts and nsjail.
const sandbox = (name) => import(new URL(`../dist/sandbox/${name}.js`, import.meta.url));
const { buildNsjailArguments } = await sandbox('nsjail.arguments');
const { findNsjail, probePythonRuntime, RUNTIME_FOLDER } = await sandbox('python.runtime');
const { stageMounts } = await sandbox('mount.stage');

const PYTHON = join(RUNTIME_FOLDER, '.venv/bin/python3');
const runtime = await probePythonRuntime(PYTHON);
const { commandPrefix, mounts, deviceFolder } = stageMounts([
  ...runtime.mounts,
  { source: join(RUNTIME_FOLDER, 'etc'), target: '/etc' },
]);
/** As in the service's jails: starting OpenBLAS' threads would cost the other sides time that it does not cost here. */
const environment = {
  PATH: '/usr/bin:/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  ...runtime.environment,
};

/**
 * Where nsjail's mounts need a stage (see `src/sandbox/mount.stage.ts`), the command that runs another on that stage.
 * The service sets it up once for each jail; a bench that did it for each request would measure that.
 */
export const stageCommand = commandPrefix;

const COMMANDS = {
  bare: [PYTHON],
  nsjail: [findNsjail(), ...nsjailArguments()],
};

/** Runs programs by starting a process for each: `python3 -c CODE`, or the same in a jail like the service's. */
export class PythonStarter {
  #spawner = spawn(PYTHON, [join(import.meta.dirname, 'spawner.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  #answers = createInterface(this.#spawner.stdout)[Symbol.asyncIterator]();

  get pid() {
    return this.#spawner.pid;
  }

  /** As `load` in measurement.mjs. `side` is `bare` or `nsjail`. */
  async load(side, { code, output }, { callers, sliceMs }) {
    const command = [...COMMANDS[side], '-c', code];
    this.#spawner.stdin.write(`${JSON.stringify({ command, environment, output, callers, sliceMs })}\n`);
    const { value } = await this.#answers.next();
    const { error, ...loaded } = JSON.parse(value ?? '{"error":"The spawner has ended"}');
    if (error !== undefined) throw new Error(error);
    return loaded;
  }

  stop() {
    this.#spawner.stdin.end();
  }
}

/** Those of the service's jails, without limits by cgroup: of two jails the comparison is with the cheaper. */
function nsjailArguments() {
  const all = buildNsjailArguments({
    mounts,
    deviceFolder,
    links: runtime.links,
    python: runtime.executable,
    environment,
    cgroupArguments: [],
    hostUids: { server: 200_000, job: 200_001 },
    // Descriptors that are passed in any case.
    settings: { control_fd: 0, program_fd: 0 },
  });
  return [...all.slice(0, all.indexOf('--')), '--', runtime.executable];
}
