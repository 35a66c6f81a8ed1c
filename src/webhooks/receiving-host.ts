import { Turns } from './turns';
import { type WebhookVerdict } from './webhook-answer';

/** Tries that a host which answers may hold at once; any other holds one. */
const MAX_TRIES = 4;

/** How a host has done: it answers soon; no try there has ended yet; it fails, or takes long. */
export type Standing = 'brisk' | 'unknown' | 'poor';

/** A host whose tries take longer than this on average is a slow one. */
const SLOW_TRY_MS = 2_000;
/** What a try is taken to last before one has been made. */
const FIRST_GUESS_MS = 100;
/** A host may fail at once each time: those who come again and find it failing still are to be few at a time. */
const FAILING_SPACING_MS = 100;
/** So many failures in a row suspend a host, first for a second, then each time for twice as long as before. */
const FAILURES_BEFORE_SUSPENSION = 3;
const FIRST_SUSPENSION_MS = 1_000;
const MAX_SUSPENSION_MS = 60_000;

/** What is known of one host that webhooks go to. Times are milliseconds of the monotonic clock. */
export class ReceivingHost {
  activeTries = 0;
  lastSeenAt = 0;
  private hasAnswered = false;
  /** Tries without a status, since the last one with one. */
  private failures = 0;
  private suspendedUntil = 0;
  private meanTryMs = FIRST_GUESS_MS;
  private readonly turns = new Turns();

  /** Whether one more try may be made now. */
  hasPlace(now: number): boolean {
    return now >= this.suspendedUntil && this.activeTries < this.places;
  }

  /** When whoever found no place is to come again: in turn, as fast as places have become free lately. */
  nextTurn(now: number): number {
    const spacingMs = Math.max(this.meanTryMs / this.places, this.failures === 0 ? 1 : FAILING_SPACING_MS);
    return this.turns.next(Math.max(now, this.suspendedUntil), spacingMs);
  }

  get standing(): Standing {
    if (this.failures > 0) return 'poor';
    if (!this.hasAnswered) return 'unknown';
    return this.meanTryMs < SLOW_TRY_MS ? 'brisk' : 'poor';
  }

  /** Learns from a try. Any status is a sign of life. */
  learn(verdict: WebhookVerdict, tryMs: number, now: number): void {
    this.meanTryMs = (this.meanTryMs + tryMs) / 2;
    if ('status' in verdict) {
      this.hasAnswered = true;
      this.failures = 0;
      this.suspendedUntil = 0;
      return;
    }
    this.failures++;
    const exponent = this.failures - FAILURES_BEFORE_SUSPENSION;
    if (exponent >= 0) this.suspendedUntil = now + Math.min(FIRST_SUSPENSION_MS * 2 ** exponent, MAX_SUSPENSION_MS);
  }

  private get places(): number {
    return this.hasAnswered && this.failures === 0 ? MAX_TRIES : 1;
  }
}
