import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually';
import { type Service } from './service';

const CGROUPS = '/sys/fs/cgroup';

/** A running jail, in the host's process ids. */
export interface RunningJail {
  readonly nsjail: number;
  /** Process 1 of the jail. */
  readonly server: number;
  /** Folders of its control groups. */
  readonly groups: readonly string[];
}

/** The jails of a service that are up. */
export function jailsOf(service: Service): RunningJail[] {
  return service
    .children('nsjail')
    .flatMap((nsjail) => childrenOf(nsjail).map((server) => ({ nsjail, server, groups: groupsOfProcess(server) })));
}

/** A program that calls itself `name`, waits until it is told to go on, and returns its name. */
export function waitingProgram(name: string): string {
  return `import ctypes, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
ctypes.CDLL(None).prctl(15, b'${name}', 0, 0, 0)
signal.sigwait({signal.SIGUSR1})
return '${name}'`;
}

/** Part of a program that waits as {@link waitingProgram} does, and then goes on with what follows. */
export function pause(name: string): string {
  return waitingProgram(name).replace('return', '_ =');
}

/** Waits until a {@link waitingProgram} waits in a jail of the service. */
export async function untilWaiting(
  service: Service,
  name: string,
  withinMs?: number,
): Promise<RunningJail & { readonly job: number }> {
  let found: (RunningJail & { readonly job: number }) | undefined;
  await eventually(
    `${name} runs`,
    () => {
      found = jailsOf(service)
        .flatMap((jail) => childrenOf(jail.server).map((job) => ({ ...jail, job })))
        .find(({ job }) => commandOf(job) === name);
      return found !== undefined;
    },
    withinMs,
  );
  return found!;
}

/** Lets a {@link waitingProgram} go on. */
export async function goOn(service: Service, name: string): Promise<void> {
  process.kill((await untilWaiting(service, name)).job, 'SIGUSR1');
}

export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Folders of control groups that were made for these jails and are still there. */
export function groupsOf(jails: readonly RunningJail[]): string[] {
  return jails.flatMap(({ groups }) => groups).filter((folder) => existsSync(folder));
}

/** proc(5), /proc/pid/cgroup: `number:controllers:path`, where version 2 has no controllers. */
export function groupsOfProcess(pid: number): string[] {
  const lines = readIfThere(`/proc/${pid}/cgroup`).trim().split('\n');
  const places = lines.map((line) => line.split(':')).filter(([, , path]) => path?.includes('NSJAIL.'));
  return places.map(([, controllers = '', path = '']) => join(CGROUPS, controllers, path));
}

/** What is mounted on this host. */
export function mounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
}

/** Process ids of a process' children; none once it has ended. */
export function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has just ended
  }
}

/** What a process calls itself; nothing once it has ended. */
export function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/comm`).trim();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
