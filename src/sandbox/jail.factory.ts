import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlGroups } from './control.groups';
import { firstJailUid } from './host-uids';
import { Jail, type JailLoss } from './jail';
import { canStage, plainMounts, stageMounts } from './mount.stage';
import { buildNsjailArguments, FORK_SERVER_FOLDER, JOB_UID, type ForkServerSettings } from './nsjail.arguments';
import { RUNTIME_FOLDER, type PythonRuntime } from './python.runtime';
import type { SandboxLimits } from '../domain/runtime-description';

const MEBIBYTE = 1024 * 1024;
/** Process 1 of a jail, the fork server, counts as well. */
const SERVER_PROCESSES = 1;
/** Until the idle jail's own use is known: a server with large modules must get up. */
const STARTING_BYTES = 512 * MEBIBYTE;
/** Above the cgroup's limits, so that the cgroup meets a program first: it counts, and it counts all processes as one. */
// Twice as many: each of as many processes as there may be can be in the middle of a fork that the cgroup will refuse.
const RLIMIT_FACTOR = 2;
const SPARE_DATA_BYTES = 1024 * MEBIBYTE;
/** Without a cgroup each process may have this beside its limit: what the fork server has already. */
const SERVER_DATA_BYTES = 96 * MEBIBYTE;

/** Starts jails, each under user ids of its own. */
export class JailFactory {
  private readonly usedNumbers = new Set<number>();
  private readonly firstUid = firstJailUid(readFileSync('/proc/self/uid_map', 'utf8'));
  private readonly place = canStage() ? stageMounts : plainMounts;

  constructor(
    private readonly runtime: PythonRuntime,
    private readonly nsjail: string,
    private readonly groups: ControlGroups,
    private readonly limits: SandboxLimits,
    private readonly longRunsYield: boolean,
    private readonly onLoss?: (cause: JailLoss) => void,
  ) {}

  /** @returns a jail that waits for its first program. @throws JailLostError when it does not get that far. */
  async start(preload: readonly string[]): Promise<Jail> {
    const number = this.takeNumber();
    const [program, ...leading] = this.command(number, preload);
    const jail = new Jail(program ?? '', leading, {
      outputBytes: this.limits.outputKibibytes * 1024,
      openGroup: (pid) => {
        const group = this.groups.open(pid);
        group?.settle({ memoryBytes: this.limits.memoryMebibytes * MEBIBYTE, cpus: this.limits.cpus });
        return group;
      },
      longRunsYield: this.longRunsYield,
      ...(this.onLoss && { onLoss: this.onLoss }),
    });
    void jail.ended.then(() => this.usedNumbers.delete(number));
    await jail.ready();
    return jail;
  }

  private command(number: number, preload: readonly string[]): string[] {
    const { commandPrefix, mounts, deviceFolder } = this.place([
      ...this.runtime.mounts,
      { source: join(RUNTIME_FOLDER, 'forkserver'), target: FORK_SERVER_FOLDER },
      { source: join(RUNTIME_FOLDER, 'etc'), target: '/etc' },
    ]);
    const { processes, cpus } = this.limits;
    return [
      ...commandPrefix,
      this.nsjail,
      ...buildNsjailArguments({
        mounts,
        deviceFolder,
        links: this.runtime.links,
        python: this.runtime.executable,
        environment: this.environment(),
        cgroupArguments: this.groups.arguments({
          memoryBytes: this.limits.memoryMebibytes * MEBIBYTE + STARTING_BYTES,
          processes: processes + SERVER_PROCESSES,
          cpus,
        }),
        hostUids: { server: this.firstUid + 2 * number, job: this.firstUid + 2 * number + 1 },
        settings: this.settings(preload),
      }),
    ];
  }

  private environment(): Record<string, string> {
    const folder = this.runtime.executable.slice(0, this.runtime.executable.lastIndexOf('/'));
    return {
      HOME: '/tmp',
      USER: 'sandbox',
      LOGNAME: 'sandbox',
      LANG: 'C.UTF-8',
      PATH: `${folder}:/usr/bin:/bin`,
      // A forked child has none of its parent's threads, and OpenBLAS would wait for them.
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: '1',
      // ld.so(8): what the server binds at its start, no child has to. Programs do not see it.
      LD_BIND_NOW: '1',
      ...this.runtime.environment,
    };
  }

  private settings(preload: readonly string[]): ForkServerSettings {
    const { memoryMebibytes, processes, tmpMebibytes, outputKibibytes } = this.limits;
    const counted = this.groups.version !== null;
    return {
      preload,
      control_fd: 3,
      program_fd: 4,
      job_uid: JOB_UID,
      output_bytes: outputKibibytes * 1024,
      tmp_bytes: tmpMebibytes * MEBIBYTE,
      processes: processes * (counted ? RLIMIT_FACTOR : 1),
      data_bytes: memoryMebibytes * MEBIBYTE + (counted ? SPARE_DATA_BYTES : SERVER_DATA_BYTES),
    };
  }

  private takeNumber(): number {
    let number = 0;
    while (this.usedNumbers.has(number)) number++;
    this.usedNumbers.add(number);
    return number;
  }
}
