import { silentLogger } from '../../test/support/silent-logger';
import { MAX_FAILURES, UnknownKeyThrottle } from './unknown-key.throttle';

function fail(throttle: UnknownKeyThrottle, address: string, times: number, now: number): number[] {
  return Array.from({ length: times }, () => throttle.note(address, now));
}

describe(UnknownKeyThrottle.name, () => {
  it('lets an address fail so often in a minute, then says how long to wait', () => {
    const throttle = new UnknownKeyThrottle(silentLogger());
    expect(fail(throttle, 'a', MAX_FAILURES, 1_000)).toEqual(Array(MAX_FAILURES).fill(0));
    expect(throttle.note('a', 1_000)).toBe(60);
    expect(throttle.note('a', 60_500)).toBe(1);
    expect(throttle.note('a', 61_000)).toBe(0);
  });

  it('counts each address by itself', () => {
    const throttle = new UnknownKeyThrottle(silentLogger());
    fail(throttle, 'a', MAX_FAILURES + 1, 0);
    expect(throttle.note('b', 0)).toBe(0);
  });

  it('says once a minute that an address is told to wait', () => {
    const logger = silentLogger();
    const warn = jest.spyOn(logger, 'warn');
    const throttle = new UnknownKeyThrottle(logger);
    for (const now of [0, 60_000]) fail(throttle, '192.0.2.7', MAX_FAILURES + 10, now);
    expect(warn.mock.calls.map(([fields]) => fields)).toEqual([{ address: '192.0.2.7' }, { address: '192.0.2.7' }]);
  });

  it('keeps no more than so many addresses, and counts all further ones together', () => {
    const throttle = new UnknownKeyThrottle(silentLogger());
    for (let index = 0; index < 10_000; index++) throttle.note(`known-${index}`, 0);
    const waits = Array.from({ length: MAX_FAILURES + 1 }, (_, index) => throttle.note(`further-${index}`, 0));
    expect(waits.filter((wait) => wait > 0)).toEqual([60]);
    expect(throttle.note('known-1', 0)).toBe(0);
  });
});
