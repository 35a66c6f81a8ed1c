import { Turns } from './turns';

/** What a try is taken to last before one has ended. */
const FIRST_GUESS_MS = 100;
/** How much of a change of the time that tries last is believed at once. */
const WEIGHT = 1 / 8;
/** Between two who come again: not so close that they are many each second, nor as far as dead hosts would have it. */
const [MIN_SPACING_MS, MAX_SPACING_MS] = [10, 100];

/** The places that all hosts of one standing share. */
export class SharedPlaces {
  private taken = 0;
  private meanTryMs = FIRST_GUESS_MS;
  private readonly turns = new Turns();

  constructor(private readonly count: number) {}

  get areTaken(): boolean {
    return this.taken >= this.count;
  }

  take(): void {
    this.taken++;
  }

  giveBack(tryMs: number): void {
    this.taken--;
    this.meanTryMs += (tryMs - this.meanTryMs) * WEIGHT;
  }

  /** When whoever found none is to come again: in turn, as fast as places have become free lately. */
  nextTurn(now: number): number {
    const spacingMs = Math.min(Math.max(this.meanTryMs / this.count, MIN_SPACING_MS), MAX_SPACING_MS);
    return this.turns.next(now, spacingMs);
  }
}
