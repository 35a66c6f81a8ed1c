import fc from 'fast-check';
import { parseRetryAfter } from './retry-after';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe(parseRetryAfter.name, () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Friday, 02-Jan-26 03:05:05 GMT', 60_000],
    ['Fri Jan  2 03:05:05 2026', 60_000],
    ['Fri, 02 Jan 2026 03:04:04 GMT', 0],
  ])('reads %j', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it('takes the first of several', () => {
    expect(parseRetryAfter(['5', '6'], NOW)).toBe(5_000);
  });

  it.each(['9'.repeat(400), 'Fri, 02 Jan 9999 03:05:05 GMT'])('reads %s as a year', (value) => {
    expect(parseRetryAfter(value, NOW)).toBe(366 * 24 * 3600 * 1000);
  });

  it.each([
    undefined,
    '',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    'soon',
    '2026-01-02T03:05:05Z',
    'Fri, 02 Jan 2026 03:05:05',
    'Fri, 02 Jan 2026 03:05:05 +0100',
    'Fri, 99 Jan 2026 03:05:05 GMT',
  ])('reads nothing in %j', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeNull();
  });

  it('reads every date that is written as HTTP has it', () => {
    const second = fc.integer({ min: 0, max: 365 * 24 * 3600 });
    fc.assert(
      fc.property(second, (seconds) => {
        expect(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW)).toBe(seconds * 1000);
      }),
    );
  });
});
