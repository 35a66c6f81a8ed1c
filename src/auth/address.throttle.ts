const WINDOW_MS = 60_000;
/** Addresses that are told apart in a window: a few hundred KiB. All further ones count as one. */
const MAX_ADDRESSES = 10_000;
const FURTHER_ADDRESSES = 'further addresses';

/**
 * Counts failures by address and minute, for this instance alone.
 *
 * The library's limiter in memory has a timer for each address and no bound on them, and this is what an attacker fills.
 */
export class AddressThrottle {
  private failures = new Map<string, number>();
  private endsAt = 0;

  /**
   * @param maxFailures how often an address may fail in a minute before it is told to wait
   * @param onThrottled is told once a minute of each address that is
   */
  constructor(
    private readonly maxFailures: number,
    private readonly onThrottled: (address: string) => void = () => undefined,
  ) {}

  /**
   * Notes one more failure.
   * @param now milliseconds of a clock that only goes forward
   * @returns seconds that the address has to wait; 0 when it is not over the bound
   */
  note(address: string, now = performance.now()): number {
    if (now >= this.endsAt) this.begin(now);
    const counted = this.countedAs(address);
    const count = (this.failures.get(counted) ?? 0) + 1;
    this.failures.set(counted, count);
    if (count === this.maxFailures + 1) this.onThrottled(counted);
    return this.waitSeconds(address, now);
  }

  /** Seconds that an address has to wait for what it has done; 0 when it is not over the bound. */
  waitSeconds(address: string, now = performance.now()): number {
    const count = this.failures.get(this.countedAs(address)) ?? 0;
    return count > this.maxFailures ? Math.max(0, Math.ceil((this.endsAt - now) / 1000)) : 0;
  }

  private countedAs(address: string): string {
    return this.failures.has(address) || this.failures.size < MAX_ADDRESSES ? address : FURTHER_ADDRESSES;
  }

  private begin(now: number): void {
    this.failures = new Map();
    this.endsAt = now + WINDOW_MS;
  }
}
