import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, commandOf } from '../support/jails';
import { type Random } from '../support/random';
import { describeFault, type Fault } from './faults';
import { type Journal } from './journal';
import { type Topology } from './topology';

const LOOK_INTERVAL_MS = 250;

/** A fault that was injected, in milliseconds since 1970. */
export interface InjectedFault {
  readonly fault: Fault;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Does to a topology what was planned. */
export class FaultInjector {
  readonly injected: InjectedFault[] = [];
  private readonly underWay: Promise<void>[] = [];

  constructor(
    private readonly topology: Topology,
    private readonly random: Random,
    private readonly journal: Journal,
  ) {}

  /** Resolves when the last fault is over. */
  async inject(faults: readonly Fault[]): Promise<void> {
    const startedAt = performance.now();
    for (const fault of faults) {
      while (performance.now() - startedAt < fault.atMs) {
        this.topology.remains.note(this.topology.pids);
        await sleep(Math.min(LOOK_INTERVAL_MS, Math.max(0, fault.atMs - (performance.now() - startedAt))));
      }
      this.topology.remains.note(this.topology.pids);
      this.begin(fault);
    }
    await Promise.all(this.underWay);
  }

  private begin(fault: Fault): void {
    const member = this.topology.members.find(({ name }) => name === fault.target);
    const pid = member?.running?.pid;
    if (member === undefined || pid === undefined || member.isFrozen) {
      this.journal.note(`left out, as it is not up: ${describeFault(fault)}`);
      return;
    }
    this.journal.note(describeFault(fault));
    const fromMs = Date.now();
    this.injected.push({ fault, fromMs, toMs: fromMs + fault.forMs });
    if (fault.action === 'freeze') this.underWay.push(member.freeze(fault.forMs));
    else if (fault.action === 'kill') member.end('SIGKILL', fault.forMs);
    else if (fault.action === 'terminate') member.end('SIGTERM', fault.forMs);
    else this.killJail(pid);
  }

  private killJail(worker: number): void {
    const jails = childrenOf(worker).filter((pid) => commandOf(pid) === 'nsjail');
    if (jails.length > 0) process.kill(this.random.pick(jails), 'SIGKILL');
  }
}
