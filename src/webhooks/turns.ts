/** Nobody is told to come again later than this after the earliest moment: who was in the way may long be gone. */
const MAX_SPREAD_MS = 60_000;

/** Spreads those who have to come again over time, in the order in which they were sent away. */
export class Turns {
  private last = -Infinity;

  /** The next turn, so long after the last one. @param earliest no turn is before this, in milliseconds */
  next(earliest: number, spacingMs: number): number {
    this.last = Math.min(Math.max(this.last, earliest) + spacingMs, earliest + MAX_SPREAD_MS);
    return this.last;
  }
}
