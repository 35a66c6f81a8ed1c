// Prints, as JSON, the command line with which the service would start a jail, from its own sources.
//   node jail_command.mjs HOST_UID
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

// The sources are written for a bundler's rules: no extension in an import, and CommonJS's name for their own folder.
registerHooks({
  resolve(specifier, context, next) {
    return next(specifier.startsWith('.') && !/\.\w*js$/.test(specifier) ? `${specifier}.ts` : specifier, context);
  },
});
globalThis.__dirname = join(ROOT, 'src/config');

const load = (file) => import(join(ROOT, 'src/sandbox', `${file}.ts`));
const { buildNsjailArguments, FORK_SERVER_FOLDER, JOB_UID } = await load('nsjail.arguments');
const { stageMounts } = await load('mount.stage');
const { findNsjail, probePythonRuntime, RUNTIME_FOLDER } = await load('python.runtime');

const runtime = await probePythonRuntime(join(RUNTIME_FOLDER, '.venv/bin/python3'));
const { commandPrefix, mounts, deviceFolder } = stageMounts([
  ...runtime.mounts,
  { source: join(RUNTIME_FOLDER, 'forkserver'), target: FORK_SERVER_FOLDER },
  { source: join(RUNTIME_FOLDER, 'etc'), target: '/etc' },
]);
const uid = Number(process.argv[2]);
const command = buildNsjailArguments({
  mounts,
  deviceFolder,
  links: runtime.links,
  python: runtime.executable,
  environment: {
    HOME: '/tmp',
    USER: 'sandbox',
    LOGNAME: 'sandbox',
    LANG: 'C.UTF-8',
    PATH: `${dirname(runtime.executable)}:/usr/bin:/bin`,
    OPENBLAS_NUM_THREADS: '1',
    OMP_NUM_THREADS: '1',
    ...runtime.environment,
  },
  cgroupArguments: [],
  hostUids: { server: uid, job: uid + 1 },
  settings: {
    preload: [],
    control_fd: 3,
    program_fd: 4,
    job_uid: JOB_UID,
    output_bytes: 64 * 1024,
    tmp_bytes: 8 * 1024 * 1024,
    processes: 64,
    data_bytes: 1024 * 1024 * 1024,
  },
});
console.log(JSON.stringify([...commandPrefix, findNsjail(), ...command]));
