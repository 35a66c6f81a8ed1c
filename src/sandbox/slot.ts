import { unlessCancelled } from './cancellation';
import { type Jail, JailLostError, type JailRun } from './jail';
import type { Program, RunControl } from './sandbox';

/** How long jails with preloaded modules outlive their last program. Plain ones stay. */
const PRELOADED_IDLE_MS = 10 * 60_000;
/** A program has no effect outside its jail, so one that was lost with its jail may run again, once. */
const TRIES = 2;
/** So early, as a part of a jail's jobs, the next one is started: its start takes as long as many short programs do. */
const LEAD = 1 / 20;

/** Why a sound jail is stopped: it has run as many programs as it may; it has had none for long; the sandbox ends. */
export type StopReason = 'worn' | 'idle' | 'ending';

/** What a slot needs of a jail. */
export interface RunnableJail extends Pick<Jail, 'isLost' | 'ready' | 'run'> {
  stop(reason: StopReason): Promise<void>;
}

/** Starts jails for slots. */
export interface JailStarter {
  /** @returns a jail that waits for its first program. @throws JailLostError when it does not get that far. */
  start(preload: readonly string[]): Promise<RunnableJail>;
}

/** What one slot needs to know of the settings. */
export interface SlotOptions {
  readonly preloadSets: readonly (readonly string[])[];
  readonly jobsPerJail: number;
}

/** Room for one running program: a plain jail and, once asked for, one for each set of preloaded modules. */
export class Slot {
  private readonly plain: JailSeries;
  private readonly preloaded: readonly JailSeries[];

  constructor(factory: JailStarter, options: SlotOptions) {
    this.plain = new JailSeries(factory, [], options.jobsPerJail, null);
    this.preloaded = options.preloadSets.map(
      (modules) => new JailSeries(factory, modules, options.jobsPerJail, PRELOADED_IDLE_MS),
    );
  }

  /** Starts the plain jail. @throws JailLostError */
  async start(): Promise<void> {
    await this.plain.start();
  }

  /** Whether a program of this preload set (-1: none) would find its jail started. */
  serves(preloadSet: number): boolean {
    return this.series(preloadSet).isStarted;
  }

  /**
   * Runs one program; only one at a time.
   * @throws JailLostError when two jails were lost under it. @throws CancelledError when it was never started
   */
  async run(program: Program, preloadSet: number, control: RunControl = {}): Promise<JailRun> {
    const series = this.series(preloadSet);
    for (let attempt = 1; ; attempt++) {
      try {
        return await series.run(program, control);
      } catch (error) {
        if (!(error instanceof JailLostError) || attempt === TRIES) throw error;
      }
      control.onRestart?.();
    }
  }

  /** Waits until its jail for this preload set, or that one's successor, can take a program, or is lost. */
  async recovered(preloadSet: number): Promise<void> {
    await this.series(preloadSet).recovered();
  }

  async stop(): Promise<void> {
    await Promise.all([this.plain, ...this.preloaded].map((series) => series.stop()));
  }

  private series(preloadSet: number): JailSeries {
    return this.preloaded[preloadSet] ?? this.plain;
  }
}

/** Jails of one kind, one after the other: the next is started when the last is worn, lost or asked for. */
class JailSeries {
  private jail: Promise<RunnableJail> | null = null;
  private successor: Promise<RunnableJail> | null = null;
  private busy: RunnableJail | null = null;
  private jobsLeft = 0;
  private idleTimer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly factory: JailStarter,
    private readonly modules: readonly string[],
    private readonly jobsPerJail: number,
    private readonly idleMs: number | null,
  ) {}

  get isStarted(): boolean {
    return this.jail !== null;
  }

  async start(): Promise<RunnableJail> {
    if (this.stopped) throw new JailLostError('The sandbox is stopping');
    if (this.jail === null) {
      this.jobsLeft = this.jobsPerJail;
      const starting = this.successor ?? this.factory.start(this.modules);
      this.successor = null;
      this.jail = starting;
      // Whoever takes it hears of it; one that was started ahead may fail unheard, and is tried again when needed.
      starting.catch(() => {
        if (this.jail === starting) this.jail = null;
      });
    }
    return this.jail;
  }

  async run(program: Program, control: RunControl): Promise<JailRun> {
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    try {
      return await this.runIn(await this.takeJail(control.signal), program, control);
    } finally {
      this.stopWhenIdle();
    }
  }

  async recovered(): Promise<void> {
    await this.jail?.then((jail) => jail.ready()).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    // A worn jail is still busy with its last program when the next one is there.
    await Promise.all([this.busy?.stop('ending'), this.stopStarted('ending')]);
  }

  private async runIn(jail: RunnableJail, program: Program, control: RunControl): Promise<JailRun> {
    this.jobsLeft--;
    if (this.jobsLeft === Math.floor(this.jobsPerJail * LEAD)) this.startSuccessor();
    const isWorn = this.jobsLeft <= 0;
    if (isWorn) this.startNext(); // while the last program of this one runs
    this.busy = jail;
    try {
      return await jail.run(program, control);
    } finally {
      this.busy = null;
      if (isWorn) void jail.stop('worn');
      else if (jail.isLost) this.startNext();
    }
  }

  /** The jail to run in. One that died while it waited has lost no program and is passed over. */
  private async takeJail(signal: AbortSignal | undefined): Promise<RunnableJail> {
    const jail = await unlessCancelled(this.start(), signal);
    if (!jail.isLost) return jail;
    this.startNext();
    return unlessCancelled(this.start(), signal);
  }

  private startSuccessor(): void {
    this.successor = this.factory.start(this.modules);
    this.successor.catch(() => undefined); // whoever needs it hears of it
  }

  private startNext(): void {
    this.jail = null;
    void this.start().catch(() => undefined);
  }

  private stopWhenIdle(): void {
    if (this.idleMs === null || this.stopped) return;
    this.idleTimer = setTimeout(() => {
      void this.stopStarted('idle');
    }, this.idleMs).unref();
  }

  private async stopStarted(reason: StopReason): Promise<void> {
    const started = [this.jail, this.successor].filter((starting) => starting !== null);
    this.jail = this.successor = null;
    const stopping = started.map((starting) =>
      starting.then(
        (jail) => jail.stop(reason),
        () => undefined,
      ),
    );
    await Promise.all(stopping);
  }
}
