import fc from 'fast-check';
import { nextWaitMs } from './retry-schedule';
import { type WebhookVerdict } from './webhook-answer';

const HOUR = 3_600_000;
const busy: WebhookVerdict = { status: 503, retryAfterMs: null };
const silent: WebhookVerdict = { failure: 'timeout', detail: 'no answer within 15 s' };
const middle = (): number => 0.5;

describe(nextWaitMs.name, () => {
  it.each([busy, silent])('spreads eight tries over a day: %j', (answer) => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((tries) => nextWaitMs(tries, answer, middle)!);
    expect(waits).toEqual([5_000, 30_000, 180_000, 1_200_000, 2 * HOUR, 8 * HOUR, 13.5 * HOUR]);
    expect(nextWaitMs(8, answer, middle)).toBeNull();
    expect(waits.reduce((sum, wait) => sum + wait) / HOUR).toBeCloseTo(24, 0);
  });

  it('makes each wait a fifth shorter or longer', () => {
    expect([0, 0.25, 1].map((random) => nextWaitMs(2, silent, () => random))).toEqual([24_000, 27_000, 36_000]);
    expect(new Set(Array.from({ length: 50 }, () => nextWaitMs(7, silent))).size).toBeGreaterThan(1);
  });

  it.each([200, 201, 204, 299])('has none after %d', (status) => {
    expect(nextWaitMs(1, { status, retryAfterMs: 5_000 }, middle)).toBeNull();
  });

  it('has none after 410', () => {
    expect(nextWaitMs(1, { status: 410, retryAfterMs: 5_000 }, middle)).toBeNull();
  });

  it.each([100, 199, 300, 307, 400, 404, 429, 500, 999])('has one after %d', (status) => {
    expect(nextWaitMs(1, { status, retryAfterMs: null }, middle)).toBe(5_000);
  });

  it.each([
    [1, 60_000, 60_000],
    [1, 1_000, 5_000],
    [1, 0, 5_000],
    [1, 11 * HOUR, 11 * HOUR],
    [1, 48 * HOUR, 12 * HOUR],
    [7, 48 * HOUR, 13.5 * HOUR],
  ])('after try %d with a pause of %d ms asked for is %d ms', (tries, retryAfterMs, expected) => {
    expect(nextWaitMs(tries, { status: 429, retryAfterMs }, middle)).toBe(expected);
  });

  it('makes eight tries in any case, never before the receiver asks for them within reason', () => {
    const answers = fc.record({
      status: fc.integer({ min: 300, max: 599 }).filter((status) => status !== 410),
      retryAfterMs: fc.option(fc.nat(24 * HOUR)),
    });
    fc.assert(
      fc.property(
        fc.array(answers, { minLength: 8, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, random) => {
          const waits = all.map((answer, index) => nextWaitMs(index + 1, answer, () => random));
          expect(waits.findIndex((wait) => wait === null)).toBe(7);
          waits.slice(0, 7).forEach((wait, index) => {
            expect(wait).toBeGreaterThanOrEqual(Math.min(all[index]!.retryAfterMs ?? 0, 12 * HOUR));
          });
        },
      ),
    );
  });
});
