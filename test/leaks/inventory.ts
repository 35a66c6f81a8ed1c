import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, jailsOf, mounts, type RunningJail } from '../support/jails';
import { type Service } from '../support/service';

const CGROUPS = '/sys/fs/cgroup';
const MEBIBYTE = 1024 * 1024;

/** All that jobs might leave, and that a service at rest has as much of as before. `folders` are those it writes to. */
export function inventory(service: Service, folders: readonly string[]): Record<string, unknown> {
  const jails = jailsOf(service);
  const each = (of: (jail: RunningJail) => unknown): string[] => distinct(jails.map(of));
  return {
    jails: jails.length,
    processes: tally(descendants(service.pid).map(commandOf)),
    threads: tally(descendants(service.pid).flatMap((pid) => tasks(pid).map(() => commandOf(pid)))),
    descriptors: tally(descriptors(service.pid)),
    'descriptors of nsjail': each(({ nsjail }) => tally(descriptors(nsjail))),
    'descriptors of fork servers': each(({ server }) => tally(descriptors(server))),
    'unix sockets in jails': each(({ server }) => lines(`/proc/${server}/net/unix`).length),
    'mounts of fork servers': each(({ server }) => lines(`/proc/${server}/mountinfo`).length),
    'mounts of the host': mounts().sort(),
    'System V objects': ['shm', 'sem', 'msg'].map((kind) => lines(`/proc/sysvipc/${kind}`).length),
    files: folders.flatMap((folder) => list(folder, true).map(withoutNumbers)).sort(),
  };
}

/** Control groups of jails that have no process any more, of whatever service on this machine. */
export function orphanedGroups(): string[] {
  return ['', ...list(CGROUPS)]
    .map((controller) => join(CGROUPS, controller, 'NSJAIL'))
    .flatMap((parent) => list(parent).map((name) => join(parent, name)))
    .filter((folder) => /NSJAIL\.\d+$/.test(folder) && !existsSync(`/proc/${folder.split('.').at(-1) ?? ''}`));
}

/** Memory in MiB: bounded rather than equal. */
export function memory(service: Service): Record<'service' | 'forkServers' | 'groups' | 'kernel', number> {
  const jails = jailsOf(service);
  const largest = (of: (jail: RunningJail) => number): number => Math.max(...jails.map(of)) / MEBIBYTE;
  return {
    service: residentBytes(service.pid) / MEBIBYTE,
    forkServers: largest(({ server }) => residentBytes(server)),
    groups: largest((jail) => groupBytes(jail, ['memory.usage_in_bytes', 'memory.current'])),
    kernel: largest((jail) => groupBytes(jail, ['memory.kmem.usage_in_bytes', 'memory.kernel'])),
  };
}

export function descendants(pid: number): number[] {
  const children = tasks(pid).flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean));
  return [pid, ...children.map(Number).flatMap(descendants)];
}

export function descriptors(pid: number): string[] {
  return list(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return withoutNumbers(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
    } catch {
      return 'closed meanwhile';
    }
  });
}

export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1024;
}

/** What the kernel says in the first of these files of a jail's groups that there is. */
function groupBytes({ groups }: RunningJail, names: readonly string[]): number {
  const file = groups.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
  return file === undefined ? 0 : Number(read(file));
}

export const tasks = (pid: number): string[] => list(`/proc/${pid}/task`);
const lines = (path: string): string[] => read(path).trim().split('\n');
const withoutNumbers = (name: string): string => name.replace(/\d+/g, 'N');
const distinct = (values: readonly unknown[]): string[] =>
  [...new Set(values.map((value) => JSON.stringify(value)))].sort();

/** How often there is each. */
function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}

function list(path: string, recursive = false): string[] {
  try {
    return readdirSync(path, { recursive, encoding: 'utf8' });
  } catch {
    return [];
  }
}
