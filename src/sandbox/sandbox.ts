import type { Execution } from '../domain/outcome';

/** What a sandbox needs to know of a program. */
export interface Program {
  readonly code: string;
  readonly timeoutSeconds: number;
}

/** Follows one run: the moment it starts, then its output as it is written. */
export interface RunObserver {
  /** The program has been handed to its process; its run time counts from here. */
  onStart?(pid: number): void;
}

/** Runs programs, each in a jail. The injection token and the contract in one. */
export abstract class Sandbox {
  /**
   * Runs one program. Never throws for the program's own faults. Waits for a free slot.
   * @throws JailLostError when the jail died under the program, twice.
   */
  abstract run(program: Program, observer?: RunObserver): Promise<Execution>;
}
