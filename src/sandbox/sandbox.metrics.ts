import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { JAIL_LOSSES, type JailLoss } from './jail';
import { nameOfPreloadSet } from './preload.sets';
import { type StopReason } from './slot';

/** A jail that has been started, and neither stopped nor, as far as is known, lost. */
export interface CountedJail {
  readonly preload: string;
  readonly isBusy: boolean;
  readonly isLost: boolean;
}

/** Slots, as many as programs may run at once. */
export interface CountedSlots {
  readonly count: number;
  readonly busySlots: number;
}

const START_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RECYCLES = ['worn', 'idle'] as const;

/** What becomes of slots and jails. */
@Injectable()
export class SandboxMetrics {
  private readonly jails = new Set<CountedJail>();
  private readonly starting = new Map<string, number>();
  private readonly starts: Counter<'preload' | 'result'>;
  private readonly startDuration: Histogram;
  private readonly recycles: Counter<'reason'>;
  private readonly losses: Counter<'cause'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.starts = new Counter({
      ...{ name: 'pyexec_jail_starts_total', help: 'Jails that were started, by the modules that they had imported.' },
      ...{ labelNames: ['preload', 'result'], registers },
    });
    this.startDuration = new Histogram({
      ...{ name: 'pyexec_jail_start_duration_seconds', help: 'Time until a jail could take its first program.' },
      ...{ buckets: START_BUCKETS, registers },
    });
    this.recycles = new Counter({
      name: 'pyexec_jail_recycles_total',
      help: 'Sound jails that were stopped: worn by SANDBOX_JOBS_PER_JAIL programs, or idle for long.',
      ...{ labelNames: ['reason'], registers },
    });
    this.losses = new Counter({
      ...{ name: 'pyexec_jail_losses_total', help: 'Jails that broke, by what was seen of it first.' },
      ...{ labelNames: ['cause'], registers },
    });
    for (const reason of RECYCLES) this.recycles.inc({ reason }, 0);
    for (const cause of Object.keys(JAIL_LOSSES)) this.losses.inc({ cause }, 0);
  }

  /** Begins to show slots and jails. @param preloadSets all that there may be */
  begin(slots: CountedSlots, preloadSets: readonly (readonly string[])[]): void {
    const preloads = preloadSets.map(nameOfPreloadSet);
    for (const preload of preloads) {
      for (const result of ['ok', 'failed']) this.starts.inc({ preload, result }, 0);
    }
    new Gauge({
      ...{ name: 'pyexec_slots', help: 'Programs that this process can run at once.' },
      ...{ labelNames: ['state'], registers: [this.registry] },
      collect() {
        this.set({ state: 'busy' }, slots.busySlots);
        this.set({ state: 'free' }, slots.count - slots.busySlots);
      },
    });
    const show = (gauge: Gauge<'preload' | 'state'>): void => {
      for (const preload of preloads) this.showJails(gauge, preload);
    };
    new Gauge<'preload' | 'state'>({
      ...{ name: 'pyexec_jails', help: 'Jails, by the modules that they have imported.' },
      ...{ labelNames: ['preload', 'state'], registers: [this.registry] },
      collect() {
        show(this);
      },
    });
  }

  /** Starts a jail, and notes what comes of it. @throws what the start throws */
  async timeStart<T>(preload: string, start: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.starting.set(preload, (this.starting.get(preload) ?? 0) + 1);
    let result = 'failed';
    try {
      const started = await start();
      result = 'ok';
      this.startDuration.observe((performance.now() - startedAt) / 1000);
      return started;
    } finally {
      this.starting.set(preload, (this.starting.get(preload) ?? 1) - 1);
      this.starts.inc({ preload, result });
    }
  }

  addJail(jail: CountedJail): void {
    this.forgetLost();
    this.jails.add(jail);
  }

  removeJail(jail: CountedJail, reason: StopReason): void {
    if (this.jails.delete(jail) && reason !== 'ending' && !jail.isLost) this.recycles.inc({ reason });
  }

  noteLoss(cause: JailLoss): void {
    this.losses.inc({ cause });
  }

  private showJails(gauge: Gauge<'preload' | 'state'>, preload: string): void {
    this.forgetLost();
    const started = [...this.jails].filter((jail) => jail.preload === preload);
    const busy = started.filter(({ isBusy }) => isBusy).length;
    gauge.set({ preload, state: 'starting' }, this.starting.get(preload) ?? 0);
    gauge.set({ preload, state: 'busy' }, busy);
    gauge.set({ preload, state: 'ready' }, started.length - busy);
  }

  private forgetLost(): void {
    for (const jail of this.jails) if (jail.isLost) this.jails.delete(jail);
  }
}
