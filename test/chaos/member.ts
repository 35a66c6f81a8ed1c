import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type Journal } from './journal';

/** A process that can be looked at and told to end. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves with its exit code, null when a signal ended it. */
  ended(): Promise<number | null>;
}

const RETRY_MS = 250;
const START_MS = 90_000;

/** One of the processes of a topology, which is started again whenever it has ended. */
export class Member<P extends RunningProcess> {
  /** How it ended when it should not have. */
  readonly flaws: string[] = [];
  /** Null while it is not up. */
  running: P | null = null;
  isFrozen = false;
  private isStopping = false;
  /** The last one that was to end it. */
  private lastSignal: 'SIGKILL' | 'SIGTERM' | null = null;
  private restartAfterMs = 0;
  private readonly supervised: Promise<void>;

  constructor(
    readonly name: string,
    private readonly start: () => Promise<P>,
    private readonly journal: Journal,
  ) {
    this.supervised = this.supervise();
  }

  /** Waits until it is up and not frozen. */
  async up(): Promise<P> {
    await eventually(`${this.name} is up`, () => this.running !== null && !this.isFrozen, START_MS);
    return this.running!;
  }

  /** Sends it a signal that ends it; it is started again so much later. */
  end(signal: 'SIGKILL' | 'SIGTERM', restartAfterMs: number): void {
    this.restartAfterMs = restartAfterMs;
    this.signal(signal);
  }

  async freeze(forMs: number): Promise<void> {
    const { running } = this;
    if (running === null) return;
    process.kill(running.pid, 'SIGSTOP');
    this.isFrozen = true;
    await sleep(forMs);
    if (this.running === running) process.kill(running.pid, 'SIGCONT');
    this.isFrozen = false;
    this.journal.note(`${this.name} goes on`);
  }

  /** Has it end for good. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.signal('SIGTERM');
    await this.supervised;
  }

  private signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    if (this.running === null) return;
    this.lastSignal = signal;
    process.kill(this.running.pid, signal);
  }

  private async supervise(): Promise<void> {
    while (!this.isStopping) await this.runOnce();
  }

  /** Starts it, and resolves when it is to be started again. */
  private async runOnce(): Promise<void> {
    const started = await this.start().catch((error: unknown) => {
      this.journal.note(`${this.name} does not start: ${String(error).slice(0, 300)}`);
      return null;
    });
    if (started === null) {
      await sleep(RETRY_MS);
      return;
    }
    this.lastSignal = null;
    this.running = started;
    this.journal.note(`${this.name} is up, process ${started.pid}`);
    // It may have been told while it started.
    if (this.isStopping) this.signal('SIGTERM');
    this.noteEnd(await started.ended());
    if (!this.isStopping) await sleep(this.restartAfterMs);
  }

  private noteEnd(code: number | null): void {
    this.running = null;
    this.journal.note(`${this.name} ended with ${code ?? 'a signal'}`);
    const expected = this.lastSignal === 'SIGKILL' ? null : 0;
    const isTold = this.lastSignal === 'SIGKILL' || this.lastSignal === 'SIGTERM';
    if (!isTold || code !== expected) {
      this.flaws.push(`${this.name} ended with ${code ?? 'a signal'}, told ${this.lastSignal ?? 'nothing'}`);
    }
  }
}
