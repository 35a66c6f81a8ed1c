import type { Execution } from '../domain/outcome';
import type { RuntimeDescription } from '../domain/runtime-description';

/** What a sandbox needs to know of a program. */
export interface Program {
  readonly code: string;
  readonly timeoutSeconds: number;
}

/** Follows one run, and cancels it. None of the calls may throw. */
export interface RunControl {
  /**
   * Aborted: the program is killed at once, its slot is free at once, and its run ends as `cancelled` with what it had
   * written. One that has not been started never is.
   */
  readonly signal?: AbortSignal;
  /** The program has been handed to its process; its run time counts from here. */
  onStart?(pid: number): void;
  /**
   * Bytes as the program wrote them, in order within each stream; may end within a character. Together they are what the
   * outcome shows: nothing over the output limit is told. Called before the run resolves.
   */
  onOutput?(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** The jail was lost, and the program runs again: what was told before is void. */
  onRestart?(): void;
}

/** The layers between a program and this machine, as a program in a jail has found them. */
export interface Confinement {
  /** The version of the control groups that count and limit; null where there are none. */
  readonly controlGroups: 1 | 2 | null;
  /** Kinds of namespaces that it shares with this process; none when all is well (namespaces(7)). */
  readonly sharedNamespaces: readonly string[];
  /** Whether a system call filter is loaded, for good. */
  readonly seccomp: boolean;
  /** Whether it holds or can get any capability. */
  readonly capabilities: boolean;
  /** This machine's user ids of the jail's users. */
  readonly hostUids: readonly number[];
  /** Whether the table of mounts names paths of this machine. */
  readonly hostPathsVisible: boolean;
}

/** Runs programs, each in a jail. The injection token and the contract in one. */
export abstract class Sandbox {
  /**
   * Runs one program. Never throws for the program's own faults, nor when it is cancelled. Waits for a free slot.
   * @throws JailLostError when the jail died under the program, twice.
   */
  abstract run(program: Program, control?: RunControl): Promise<Execution>;

  /** What programs find here; the same from start to end. */
  abstract describe(): RuntimeDescription;

  /**
   * Makes sure that programs can be run here: one was lately, all slots are busy with some, or a trial is run now.
   * @throws Error with the reason when they cannot
   */
  abstract check(): Promise<Confinement>;
}
