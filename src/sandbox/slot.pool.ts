import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { type Execution, NEVER_STARTED } from '../domain/outcome';
import type { RuntimeDescription } from '../domain/runtime-description';
import { StartupError } from '../domain/startup-error';
import { CancelledError } from './cancellation';
import { describeGaps, readConfinement, TRIAL } from './confinement';
import { classifyExit } from './exit.classifier';
import { selectPreload } from './preload.selector';
import { type Confinement, type Program, type RunControl, Sandbox } from './sandbox';
import { type JailStarter, Slot, type SlotOptions } from './slot';

/** What the pool needs to know of the settings. */
export interface SlotPoolOptions extends SlotOptions {
  readonly slots: number;
  readonly description: RuntimeDescription;
  /** Their version; null where there are none. */
  readonly controlGroups: 1 | 2 | null;
}

/** How long a program that was run shows that programs can be run. */
const TRUST_MS = 15_000;
/** All slots busy for longer than any program may take, with a minute for the start of its jail and some seconds for its end: none works. */
const STUCK_AFTER_MS = (MAX_TIMEOUT_SECONDS + 60 + 10) * 1000;

/** As many programs at once as there are slots; whoever comes later waits for one. */
export class SlotPool extends Sandbox implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(SlotPool.name);
  private readonly slots: readonly Slot[];
  private readonly free: Slot[];
  /** Those that clear up after their last program: a fork bomb or a full memory takes a while. */
  private readonly recovering = new Set<Slot>();
  private readonly waiting: ((slot: Slot) => void)[] = [];
  private confinement: Confinement | null = null;
  private lastRunAtMs = 0;
  /** When a slot was taken, given back or started a program anew. */
  private lastMoveAtMs = 0;
  private trial: Promise<Confinement> | null = null;

  constructor(
    factory: JailStarter,
    private readonly options: SlotPoolOptions,
  ) {
    super();
    this.slots = Array.from({ length: options.slots }, () => new Slot(factory, options));
    this.free = [...this.slots];
  }

  /** Starts the slots and runs one real program. @throws StartupError when that does not work here. */
  async onModuleInit(): Promise<void> {
    try {
      await Promise.all(this.slots.map((slot) => slot.start()));
      this.logger.log({ msg: 'A program in a jail finds itself confined', ...(await this.check()) });
    } catch (error) {
      await this.onApplicationShutdown();
      throw new StartupError(
        'No program can be run in a jail on this machine, and none is ever run without one. ' +
          `${error instanceof Error ? error.message : String(error)}. See README.md, "When no jail can be started".`,
      );
    }
  }

  async run(program: Program, control: RunControl = {}): Promise<Execution> {
    try {
      return await this.runInSlot(program, control);
    } catch (error) {
      if (error instanceof CancelledError) return NEVER_STARTED;
      throw error;
    }
  }

  get count(): number {
    return this.slots.length;
  }

  get busySlots(): number {
    return this.slots.length - this.free.length;
  }

  describe(): RuntimeDescription {
    return this.options.description;
  }

  async check(): Promise<Confinement> {
    const isBusy = this.free.length === 0;
    if (isBusy && performance.now() - this.lastMoveAtMs > STUCK_AFTER_MS) {
      throw new Error('all slots are busy, and none has ended its program in the longest time that one may take');
    }
    const isProven = isBusy || performance.now() - this.lastRunAtMs < TRUST_MS;
    if (this.confinement !== null && isProven) return this.confinement;
    this.trial ??= this.runTrial().finally(() => {
      this.trial = null;
    });
    return this.trial;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.stop()));
    this.logger.log('All jails are stopped');
  }

  private async runInSlot(program: Program, control: RunControl): Promise<Execution> {
    const { description, preloadSets } = this.options;
    const limits = { ...description.limits, timeoutSeconds: program.timeoutSeconds };
    const preloadSet = selectPreload(program.code, preloadSets);
    const slot = await this.take(preloadSet, control.signal);
    this.lastMoveAtMs = performance.now();
    const onRestart = (): void => {
      this.lastMoveAtMs = performance.now();
      control.onRestart?.();
    };
    try {
      const { report, pid, runTimeMs } = await slot.run(program, preloadSet, { ...control, onRestart });
      this.lastRunAtMs = performance.now();
      return { outcome: classifyExit(report, limits), pid, runTimeMs };
    } finally {
      this.recovering.add(slot);
      void slot.recovered(preloadSet).then(() => this.recovering.delete(slot));
      this.giveBack(slot);
    }
  }

  private async runTrial(): Promise<Confinement> {
    const { outcome } = await this.run(TRIAL);
    const confinement = { controlGroups: this.options.controlGroups, ...readConfinement(outcome) };
    const gaps = describeGaps(confinement);
    if (gaps.length > 0) throw new Error(`a program in a jail has ${gaps.join(', ')}`);
    this.confinement = confinement;
    return confinement;
  }

  /**
   * Prefers a slot whose jail for this program is up, and has recovered from the last; else the one longest free.
   * @throws CancelledError
   */
  private async take(preloadSet: number, signal: AbortSignal | undefined): Promise<Slot> {
    if (signal?.aborted === true) throw new CancelledError();
    const started = this.free.filter((slot) => slot.serves(preloadSet));
    const slot = started.find((each) => !this.recovering.has(each)) ?? started[0] ?? this.free[0];
    if (slot === undefined) return this.waitForTurn(signal);
    this.free.splice(this.free.indexOf(slot), 1);
    return slot;
  }

  private waitForTurn(signal: AbortSignal | undefined): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        signal?.removeEventListener('abort', leave);
        reject(new CancelledError());
      };
      // From the turn on it has the slot, cancelled or not, and gives it back.
      const turn = (slot: Slot): void => {
        signal?.removeEventListener('abort', leave);
        resolve(slot);
      };
      signal?.addEventListener('abort', leave);
      this.waiting.push(turn);
    });
  }

  private giveBack(slot: Slot): void {
    this.lastMoveAtMs = performance.now();
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(slot);
    else next(slot);
  }
}
