import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/** Requests with unknown keys that one address may make in a window before it is told to wait: one a second. */
export const MAX_FAILURES = 60;
const WINDOW_MS = 60_000;
/** Addresses that are told apart in a window: a few hundred KiB. All further ones count as one. */
const MAX_ADDRESSES = 10_000;
const FURTHER_ADDRESSES = 'further addresses';

/**
 * Counts the requests with unknown keys, by address and minute, for this instance alone. Callers with a known key never get
 * here, whatever others behind the same address do.
 *
 * The library's limiter in memory has a timer for each address and no bound on them, and this is what an attacker fills.
 */
@Injectable()
export class UnknownKeyThrottle {
  private failures = new Map<string, number>();
  private endsAt = 0;

  constructor(private readonly logger: PinoLogger) {
    logger.setContext(UnknownKeyThrottle.name);
  }

  /**
   * Notes one more such request.
   * @param now milliseconds of a clock that only goes forward
   * @returns seconds that the address has to wait; 0 when it is not over the bound
   */
  note(address: string, now = performance.now()): number {
    if (now >= this.endsAt) this.begin(now);
    const isKnown = this.failures.has(address) || this.failures.size < MAX_ADDRESSES;
    const counted = isKnown ? address : FURTHER_ADDRESSES;
    const count = (this.failures.get(counted) ?? 0) + 1;
    this.failures.set(counted, count);
    if (count <= MAX_FAILURES) return 0;
    if (count === MAX_FAILURES + 1) {
      this.logger.warn({ address: counted }, 'Too many requests without a known key: the address gets 429 for a while');
    }
    return Math.ceil((this.endsAt - now) / 1000);
  }

  private begin(now: number): void {
    this.failures = new Map();
    this.endsAt = now + WINDOW_MS;
  }
}
