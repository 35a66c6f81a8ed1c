/** Counts work that is under way. */
export class InFlight {
  private count = 0;
  private readonly idleListeners = new Set<() => void>();

  /** Does some work, and passes on what it comes to. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    this.count++;
    try {
      return await work();
    } finally {
      this.count--;
      if (this.count === 0) this.noteIdle();
    }
  }

  /** Resolves once none is under way. */
  async whenIdle(): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => this.idleListeners.add(resolve));
  }

  private noteIdle(): void {
    for (const listener of this.idleListeners) listener();
    this.idleListeners.clear();
  }
}
