import { type SandboxMetrics } from './sandbox.metrics';
import { type JailStarter, type RunnableJail, type StopReason } from './slot';
import { nameOfPreloadSet } from './preload.sets';

/** Starts jails as another starter does, and has counted what becomes of them. */
export class MeteredJails implements JailStarter {
  constructor(
    private readonly starter: JailStarter,
    private readonly metrics: SandboxMetrics,
  ) {}

  async start(modules: readonly string[]): Promise<RunnableJail> {
    const preload = nameOfPreloadSet(modules);
    const jail = await this.metrics.timeStart(preload, () => this.starter.start(modules));
    const metered = new MeteredJail(jail, preload, this.metrics);
    this.metrics.addJail(metered);
    return metered;
  }
}

class MeteredJail implements RunnableJail {
  isBusy = false;

  constructor(
    private readonly jail: RunnableJail,
    readonly preload: string,
    private readonly metrics: SandboxMetrics,
  ) {}

  get isLost(): boolean {
    return this.jail.isLost;
  }

  ready(): ReturnType<RunnableJail['ready']> {
    return this.jail.ready();
  }

  async run(...program: Parameters<RunnableJail['run']>): ReturnType<RunnableJail['run']> {
    this.isBusy = true;
    try {
      return await this.jail.run(...program);
    } finally {
      this.isBusy = false;
    }
  }

  async stop(reason: StopReason): Promise<void> {
    this.metrics.removeJail(this, reason);
    await this.jail.stop(reason);
  }
}
