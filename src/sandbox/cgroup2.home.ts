import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The group that the groups of all jails are made in. */
export const PARENT = 'NSJAIL';
export const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
/** Where the processes go that stood in the group which jails are made in. */
const LEAF = 'service';
const SYSTEMD_UNIT = /\.(?:service|scope|slice)$/;
/** Processes can be started while their parents are moved. */
const MOVE_ATTEMPTS = 5;

/** Where the kernel shows its control groups, and which of them are this process's. */
export interface CgroupView {
  /** What is mounted. */
  readonly root: string;
  /** This process's groups (proc(5), /proc/pid/cgroup). */
  readonly membership: string;
  /** Whether systemd leaves the group of a unit to that unit (systemd.resource-control(5), Delegate=). */
  readonly isDelegated: (group: string) => boolean;
}

export const KERNEL_VIEW: CgroupView = {
  root: '/sys/fs/cgroup',
  membership: '/proc/self/cgroup',
  isDelegated: hasDelegateAttribute,
};

/**
 * The group of version 2 that jails are made in: the one this process is in, where that is its own to arrange; else the
 * top of what is mounted, where a group is added and no process moved. @throws when there is neither
 */
export function prepareVersion2(view: CgroupView): string {
  const home = findHome(view);
  try {
    return prepareHome(home, view);
  } catch (error) {
    if (home === view.root) throw error;
    try {
      requireControllers(view.root);
      return handDown(view.root);
    } catch (topError) {
      throw new Error(`${reasonOf(error)}; ${reasonOf(topError)}`, { cause: topError });
    }
  }
}

/** This process's group, or the one it was in before a start in the same group made room there. */
function findHome(view: CgroupView): string {
  // Another service that starts in the same group may just have moved this one.
  const own = findOwn(view) ?? findOwn(view);
  if (own === undefined) throw new Error(`${view.root} does not show the group that this process is in`);
  return basename(own) === LEAF && existsSync(join(dirname(own), PARENT)) ? dirname(own) : own;
}

function findOwn({ root, membership }: CgroupView): string | undefined {
  const path = /^0::(.+)$/m.exec(readFileSync(membership, 'latin1'))?.[1] ?? '/';
  // A container's group can be all that is mounted, and yet have its path on the host.
  return [join(root, path), root].map(withoutSlash).find((group) => processesOf(group).includes(`${process.pid}`));
}

function prepareHome(home: string, { root, isDelegated }: CgroupView): string {
  // systemd arranges such a group as it likes, and stops a unit when the kernel kills for memory anywhere below.
  if (home !== root && SYSTEMD_UNIT.test(home) && !isDelegated(home)) {
    throw new Error(`${home} is systemd's: its unit has no Delegate=yes`);
  }
  requireControllers(home);
  for (let attempt = 1; ; attempt++) {
    try {
      return handDown(home);
    } catch (error) {
      const canMove = attempt < MOVE_ATTEMPTS && !isHierarchyRoot(home);
      if (!canMove || !tryTo(() => makeRoom(home))) throw error;
    }
  }
}

/** cgroups(7), "no internal processes": a group that hands controllers on may hold no process itself, but the root. */
function makeRoom(home: string): void {
  const leaf = join(home, LEAF);
  ensureFolder(leaf);
  for (const pid of processesOf(home)) {
    tryTo(() => {
      writeFileSync(join(leaf, 'cgroup.procs'), pid); // it may have ended by now
    });
  }
}

function requireControllers(group: string): void {
  const available = readFileSync(join(group, 'cgroup.controllers'), 'latin1').trim().split(/\s+/);
  const missing = CONTROLLERS.filter((controller) => !available.includes(controller));
  if (missing.length > 0) throw new Error(`${group} has no ${missing.join(', ')} controller`);
}

/** Makes the parent group of all jails in `home`. */
function handDown(home: string): string {
  const parent = join(home, PARENT);
  enableControllers(home);
  ensureFolder(parent);
  enableControllers(parent);
  return home;
}

function enableControllers(group: string): void {
  const file = join(group, 'cgroup.subtree_control');
  try {
    writeFileSync(file, CONTROLLERS.map((controller) => `+${controller}`).join(' '));
  } catch (error) {
    throw new Error(`${file} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

function processesOf(group: string): string[] {
  const file = join(group, 'cgroup.procs');
  return existsSync(file) ? readFileSync(file, 'latin1').trim().split('\n') : [];
}

/** cgroup-v2.rst, "Core Interface Files": each group but the root of all has a type. */
function isHierarchyRoot(group: string): boolean {
  return !existsSync(join(group, 'cgroup.type'));
}

/** systemd's mark, which systemd.resource-control(5) has for others to read; Node.js cannot read such attributes. */
function hasDelegateAttribute(group: string): boolean {
  const program = 'import os, sys; sys.exit(not {"user.delegate", "trusted.delegate"} & {*os.listxattr(sys.argv[1])})';
  return spawnSync('python3', ['-I', '-c', program, group], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** All that is thrown here are errors, and tests have another `Error` than the file system's. */
export function reasonOf(error: unknown): string {
  return (error as Error).message;
}

/** Not mkdir's `recursive`: where a file system takes no folders, such as an empty /sys/fs/cgroup, that never ends. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

export function tryTo(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
