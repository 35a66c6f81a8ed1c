const WINDOW_MS = 10_000;
const LINES_PER_WINDOW = 20;

/** Refusals of one kind that had no line of their own. */
export interface Unlogged {
  /** Says what they have in common, as it was given to {@link RefusalBudget.take}. */
  readonly kind: string;
  readonly count: number;
}

/**
 * How many lines of a kind the log may get: 20 in ten seconds. Those above it are counted, and told of together when the ten
 * seconds are over, so that neither an attacker nor a client in a loop fills the log, and nothing is kept silent.
 */
export class RefusalBudget {
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param report told of each kind that went over its budget, at the end of the ten seconds */
  constructor(
    private readonly report: (unlogged: Unlogged) => void,
    private readonly windowMs = WINDOW_MS,
  ) {}

  /** Whether one more of a kind may have a line of its own. Kinds must be few: each is remembered until the window ends. */
  take(kind: string): boolean {
    this.timer ??= setTimeout(() => {
      this.endWindow();
    }, this.windowMs).unref();
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    return count <= LINES_PER_WINDOW;
  }

  /** Tells of what is left, and counts anew. */
  endWindow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [kind, count] of this.counts) {
      if (count > LINES_PER_WINDOW) this.report({ kind, count: count - LINES_PER_WINDOW });
    }
    this.counts.clear();
  }
}
