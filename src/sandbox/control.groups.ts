import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CgroupView,
  CONTROLLERS,
  ensureFolder,
  KERNEL_VIEW,
  PARENT,
  prepareVersion2,
  reasonOf,
  tryTo,
} from './cgroup2.home';

/** Kernel memory of a jail that is nobody's program: page tables, pipes, socket buffers. */
const KERNEL_ALLOWANCE_BYTES = 8 * 1024 * 1024;
const COUNTER_FILE_BYTES = 512;
/** Of a program's memory: the least that is worth waiting for. */
const NOTEWORTHY_PART = 1 / 8;
/** What is left by now is caches, if all is well. */
const RECLAIM_ATTEMPT = 5;
const IDLE_ATTEMPTS = 200;
const IDLE_INTERVAL_MS = 10;
const REMOVE_ATTEMPTS = 50;
const REMOVE_INTERVAL_MS = 100;

/** What one jail may use at most. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Processors; 0.5 is half of one. */
  readonly cpus: number;
}

/** What the kernel has counted in one jail since its start. */
export interface Counters {
  readonly oomKills: number;
  readonly refusedProcesses: number;
}

/** The control groups of this machine, version 1, 2 or none, as far as this process may use them. */
export class ControlGroups {
  private constructor(
    /** Version 1: what is mounted; version 2: the group that jails are made in. */
    private readonly root: string,
    readonly version: 1 | 2 | null,
    /** Why none can be used, for the operator; null where they can. */
    readonly problem: string | null,
  ) {}

  /** Looks for what this process may use and creates the parent groups of all jails there. */
  static detect(view: CgroupView = KERNEL_VIEW): ControlGroups {
    const { root } = view;
    try {
      // Folders with the names of version 1's could be made in version 2 as well.
      if (existsSync(join(root, 'cgroup.controllers'))) return new ControlGroups(prepareVersion2(view), 2, null);
      prepareVersion1(root);
      return new ControlGroups(root, 1, null);
    } catch (error) {
      return new ControlGroups(root, null, reasonOf(error));
    }
  }

  /** The part of nsjail's command line that puts a jail into a group of its own; empty where there are no groups. */
  arguments(limits: CgroupLimits): string[] {
    if (this.version === null) return [];
    return [
      ...(this.version === 2 ? ['--use_cgroupv2', '--cgroupv2_mount', join(this.root, PARENT)] : []),
      ...['--cgroup_mem_max', String(limits.memoryBytes)],
      ...['--cgroup_pids_max', String(limits.processes)],
      ...['--cgroup_cpu_ms_per_sec', String(Math.round(limits.cpus * 1000))],
    ];
  }

  /** The group of a running jail; `pid` is that of its first process. Null where there are no groups. */
  open(pid: number): JailGroup | null {
    if (this.version === null) return null;
    const group = `NSJAIL.${pid}`;
    if (this.version === 2) {
      const path = join(this.root, PARENT, group);
      return new JailGroup({ memory: path, pids: path, cpu: path }, VERSION_2);
    }
    const [memory, pids, cpu] = CONTROLLERS.map((controller) => join(this.root, controller, PARENT, group));
    return new JailGroup({ memory: memory ?? '', pids: pids ?? '', cpu: cpu ?? '' }, VERSION_1);
  }
}

/** What differs between the versions: the kernel's cgroup-v1/memory.rst and scheduler/sched-bwc.rst, and cgroup-v2.rst. */
interface Dialect {
  readonly ownMemory: string;
  readonly oomKills: string;
  readonly memoryUse: string;
  /** Makes the kernel give up caches, of files' names too, until so many bytes are in use. */
  readonly reclaim: (used: number, wanted: number, limit: number) => FileValues;
  readonly memoryLimits: (bytes: number) => FileValues;
  /** Only where the kernel counts swapped memory. */
  readonly swapLimits: (memoryBytes: number) => FileValues;
  readonly cpuLimits: (quotaMicroseconds: number, periodMicroseconds: number) => FileValues;
  /** A part of the weight that each jail has beside the others. */
  readonly cpuWeight: (part: number) => FileValues;
}

type FileValues = readonly (readonly [file: string, value: number | string])[];

/**
 * Short: until a program with many processes has used up its share it is on all CPUs at once, in everyone's way; and
 * then its fork server stands still, too.
 */
const CPU_PERIOD_MICROSECONDS = 20_000;
/** nsjail's, which is a jail's from its start. */
const FIRST_PERIOD_MS = 1_000;
/** Until that one is over. */
const REFILL_PERIOD_MICROSECONDS = 100_000;
/** The least that the kernel takes (its scheduler/sched-bwc.rst). */
const LEAST_QUOTA_MICROSECONDS = 1_000;
/** Of a jail whose program goes on and on, beside those whose programs are soon over. */
const LONG_RUN_WEIGHT = 1 / 8;

const VERSION_1: Dialect = {
  ownMemory: 'rss',
  oomKills: 'memory.oom_control',
  memoryUse: 'memory.usage_in_bytes',
  reclaim: (_used, wanted, limit) => [
    ['memory.limit_in_bytes', wanted],
    ['memory.limit_in_bytes', limit],
  ],
  memoryLimits: (bytes) => [['memory.limit_in_bytes', bytes]],
  swapLimits: (memoryBytes) => [['memory.memsw.limit_in_bytes', memoryBytes]],
  cpuLimits: (quota, period) => [
    ['cpu.cfs_period_us', period],
    ['cpu.cfs_quota_us', quota],
  ],
  cpuWeight: (part) => [['cpu.shares', 1024 * part]],
};

const VERSION_2: Dialect = {
  ownMemory: 'anon',
  oomKills: 'memory.events',
  memoryUse: 'memory.current',
  reclaim: (used, wanted) => [['memory.reclaim', used - wanted]],
  memoryLimits: (bytes) => [['memory.max', bytes]],
  swapLimits: () => [['memory.swap.max', 0]],
  cpuLimits: (quota, period) => [['cpu.max', `${quota} ${period}`]],
  cpuWeight: (part) => [['cpu.weight', Math.round(100 * part)]],
};

type CounterFile = 'oomKills' | 'memoryUse' | 'refusals';

/** The control group of one jail. Keeps its counters' files open: they are read at the end of each job. */
export class JailGroup {
  private readonly descriptors: Map<CounterFile, number>;
  private readonly buffer = Buffer.alloc(COUNTER_FILE_BYTES);
  private limitBytes = Infinity;
  /** More in use than this while no program runs is left from the last one. */
  private idleBytes = Infinity;
  private yields = false;
  private refilling: NodeJS.Timeout | undefined;

  constructor(
    private readonly folders: Readonly<Record<(typeof CONTROLLERS)[number], string>>,
    private readonly dialect: Dialect,
  ) {
    this.descriptors = new Map([
      ['oomKills', openSync(join(folders.memory, dialect.oomKills), 'r')],
      ['memoryUse', openSync(join(folders.memory, dialect.memoryUse), 'r')],
      ['refusals', openSync(join(folders.pids, 'pids.events'), 'r')],
    ]);
  }

  /** Sets a jail's lasting limits, once it is up: programs get `memoryBytes` beside what the idle jail uses itself. */
  settle(limits: Pick<CgroupLimits, 'memoryBytes' | 'cpus'>): void {
    const own = numberAfter(readFileSync(join(this.folders.memory, 'memory.stat'), 'latin1'), this.dialect.ownMemory);
    const bytes = own + KERNEL_ALLOWANCE_BYTES + limits.memoryBytes;
    this.limitBytes = bytes;
    this.idleBytes = own + KERNEL_ALLOWANCE_BYTES + limits.memoryBytes * NOTEWORTHY_PART;
    write(this.folders.memory, this.dialect.memoryLimits(bytes));
    tryTo(() => {
      write(this.folders.memory, this.dialect.swapLimits(bytes));
    });
    this.limitCpus(limits.cpus);
  }

  /**
   * The kernel begins no period of another length before the running one is over (start_cfs_bandwidth() in its
   * sched/fair.c), and a program that had used up its share would stand still for as long. Until then it is written again
   * and again, which fills it up. That forgives what was taken beyond it: so these periods are not the shortest.
   */
  private limitCpus(cpus: number): void {
    const limitsOver = (period: number): FileValues => this.dialect.cpuLimits(Math.round(cpus * period), period);
    const period = Math.max(CPU_PERIOD_MICROSECONDS, Math.ceil(LEAST_QUOTA_MICROSECONDS / cpus));
    const refillPeriod = Math.max(REFILL_PERIOD_MICROSECONDS, period);
    const end = performance.now() + FIRST_PERIOD_MS;
    write(this.folders.cpu, limitsOver(refillPeriod));
    this.refilling = setInterval(() => {
      const isOver = performance.now() >= end;
      if (isOver) clearInterval(this.refilling);
      // Refused once the jail is gone.
      tryTo(() => {
        write(this.folders.cpu, limitsOver(isOver ? period : refillPeriod));
      });
    }, refillPeriod / 1000).unref();
  }

  /** Lets the other jails go first, or no longer. */
  yieldToOthers(yields: boolean): void {
    if (yields === this.yields) return;
    this.yields = yields;
    // Refused once the jail is gone.
    tryTo(() => {
      write(this.folders.cpu, this.dialect.cpuWeight(yields ? LONG_RUN_WEIGHT : 1));
    });
  }

  /** Null when the group is gone. */
  counters(): Counters | null {
    const kills = this.read('oomKills');
    const refusals = this.read('refusals');
    if (kills === null || refusals === null) return null;
    return { oomKills: numberAfter(kills, 'oom_kill'), refusedProcesses: numberAfter(refusals, 'max') };
  }

  /**
   * Waits until the kernel has taken back what the last program had: page tables, say, are freed only some time after
   * the death of their process, and the next program would be charged with them.
   * @returns whether it has, in good time and before the group was gone
   */
  async whenIdle(): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const used = this.read('memoryUse');
      if (used === null) return false;
      if (Number(used) <= this.idleBytes) return true;
      if (attempt === IDLE_ATTEMPTS) return false;
      if (attempt === RECLAIM_ATTEMPT) await this.reclaim(Number(used));
      else await sleep(IDLE_INTERVAL_MS);
    }
  }

  private async reclaim(used: number): Promise<void> {
    for (const [file, value] of this.dialect.reclaim(used, this.idleBytes, this.limitBytes)) {
      // Refused where that much cannot be given up.
      await writeFile(join(this.folders.memory, file), String(value)).catch(() => undefined);
    }
  }

  private read(file: CounterFile): string | null {
    try {
      const length = readSync(this.descriptors.get(file) ?? -1, this.buffer, 0, COUNTER_FILE_BYTES, 0);
      return this.buffer.toString('latin1', 0, length);
    } catch {
      return null; // nsjail removes the group of a jail that ended, and that may not have been heard of yet
    }
  }

  /** Gives the files back, and removes the group where nsjail could not, because it was killed itself. */
  close(): void {
    clearInterval(this.refilling);
    for (const descriptor of this.descriptors.values()) closeSync(descriptor);
    this.descriptors.clear();
    void this.remove();
  }

  private async remove(): Promise<void> {
    // Busy as long as the last of the killed processes is being torn down.
    for (let attempt = 0; attempt < REMOVE_ATTEMPTS && this.existing().length > 0; attempt++) {
      for (const folder of this.existing())
        tryTo(() => {
          rmdirSync(folder);
        });
      await sleep(REMOVE_INTERVAL_MS, undefined, { ref: false });
    }
  }

  private existing(): string[] {
    return Object.values(this.folders).filter((folder) => existsSync(folder));
  }
}

function write(folder: string, values: FileValues): void {
  for (const [file, value] of values) writeFileSync(join(folder, file), String(value));
}

/** The number of the line `key N`; 0 when there is no such line. */
function numberAfter(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function prepareVersion1(root: string): void {
  for (const controller of CONTROLLERS) {
    const parent = join(root, controller, PARENT);
    ensureFolder(parent);
    readFileSync(join(parent, 'cgroup.procs'));
    // A directory that could be made but no group in it: a read-only or made-up tree.
    const probe = join(parent, `probe.${process.pid}`);
    mkdirSync(probe);
    rmdirSync(probe);
  }
}
