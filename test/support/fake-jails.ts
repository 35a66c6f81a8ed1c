import { CancelledError, unlessCancelled } from '../../src/sandbox/cancellation';
import { type JailRun, JailLostError } from '../../src/sandbox/jail';
import { EndCause } from '../../src/sandbox/frame.codec';
import { type Program, type RunControl } from '../../src/sandbox/sandbox';
import { type JailStarter, type RunnableJail } from '../../src/sandbox/slot';

/** What becomes of a program in a fake jail. */
export type Fate = 'returns' | 'loses its jail' | 'waits' | 'is never started';

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

/** What a program that was cancelled while it ran had written. */
export const CANCELLED_OUTPUT = 'so far';

/** A jail that runs nothing. A program that waits ends with {@link end}, or when it is cancelled. */
export class FakeJail implements RunnableJail {
  isLost = false;
  isStopped = false;
  /** Until then it clears up after its last program. */
  readiness: Promise<void> = Promise.resolve();
  readonly programs: string[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly preload: readonly string[],
    private readonly fateOf: (program: Program) => Fate,
    private readonly result: JailRun,
  ) {}

  ready(): Promise<void> {
    return this.readiness;
  }

  async run(program: Program, control: RunControl = {}): Promise<JailRun> {
    if (this.isLost) throw new JailLostError('it was lost already');
    const fate = this.fateOf(program);
    if (fate === 'is never started') await unlessCancelled(new Promise(() => undefined), control.signal);
    if (control.signal?.aborted === true) throw new CancelledError();
    this.programs.push(program.code);
    control.onStart?.(this.result.pid);
    if (fate === 'loses its jail') {
      this.isLost = true;
      throw new JailLostError('it was lost under the program');
    }
    return fate === 'waits' ? this.wait(control.signal) : this.result;
  }

  /** Ends the program that waits here. */
  end(): void {
    const [first] = this.waiting;
    first?.();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.isLost = true;
    return Promise.resolve();
  }

  private async wait(signal: AbortSignal | undefined): Promise<JailRun> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    this.waiting.add(end);
    try {
      await unlessCancelled(promise, signal);
      return this.result;
    } catch {
      const { report } = this.result;
      return {
        ...this.result,
        report: { ...report, cause: EndCause.Cancel, stdout: Buffer.from(CANCELLED_OUTPUT) },
      };
    } finally {
      this.waiting.delete(end);
    }
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
