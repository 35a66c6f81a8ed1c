import { type JailRun, JailLostError } from '../../src/sandbox/jail';
import { EndCause } from '../../src/sandbox/frame.codec';
import { type Program, type RunObserver } from '../../src/sandbox/sandbox';
import { type JailStarter, type RunnableJail } from '../../src/sandbox/slot';

/** What becomes of a program in a fake jail. */
export type Fate = 'returns' | 'loses its jail' | 'waits';

/** What a trial program in a sound jail finds. */
export const TRIAL_JSON = JSON.stringify({
  namespaces: {},
  seccomp: true,
  capabilities: false,
  hostUids: [100_000, 100_001],
  hostPathsVisible: false,
});

/** A run whose program returned that. */
export const RUN: JailRun = {
  pid: 4711,
  runTimeMs: 1,
  report: {
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    result: Buffer.from(`R${TRIAL_JSON}`),
    cause: EndCause.None,
    waitStatus: 0,
    oomKills: 0,
    refusedProcesses: 0,
    counted: true,
  },
};

/** A jail that runs nothing. A program that waits ends with {@link end}. */
export class FakeJail implements RunnableJail {
  isLost = false;
  isStopped = false;
  /** Until then it clears up after its last program. */
  readiness: Promise<void> = Promise.resolve();
  readonly programs: string[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly preload: readonly string[],
    private readonly fateOf: (program: Program) => Fate,
    private readonly result: JailRun,
  ) {}

  ready(): Promise<void> {
    return this.readiness;
  }

  async run(program: Program, observer?: RunObserver): Promise<JailRun> {
    if (this.isLost) throw new JailLostError('it was lost already');
    this.programs.push(program.code);
    observer?.onStart?.(this.result.pid);
    const fate = this.fateOf(program);
    if (fate === 'loses its jail') {
      this.isLost = true;
      throw new JailLostError('it was lost under the program');
    }
    if (fate === 'waits') await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.result;
  }

  /** Ends the program that waits here. */
  end(): void {
    this.waiting.shift()?.();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.isLost = true;
    return Promise.resolve();
  }
}

/** Starts fake jails, and remembers them. The fates are those of the programs to come, `returns` where none is named. */
export class FakeJailStarter implements JailStarter {
  readonly jails: FakeJail[] = [];
  readonly fates: Fate[] = [];
  result = RUN;
  /** What the next starts fail with. */
  readonly failures: Error[] = [];
  /** Starts that fail for ever. */
  broken: Error | null = null;

  start(preload: readonly string[]): Promise<FakeJail> {
    const failure = this.failures.shift() ?? this.broken;
    if (failure !== null) return Promise.reject(failure);
    const jail = new FakeJail(preload, () => this.fates.shift() ?? 'returns', this.result);
    this.jails.push(jail);
    return Promise.resolve(jail);
  }

  /** The programs that each jail has had, in the order of the jails. */
  get programs(): string[][] {
    return this.jails.map((jail) => jail.programs);
  }

  /** Numbers of the jails that have not been stopped and are not lost. */
  get alive(): number[] {
    return this.jails.flatMap((jail, index) => (jail.isStopped || jail.isLost ? [] : [index]));
  }
}

/** Lets everything happen that waits for nothing outside. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
