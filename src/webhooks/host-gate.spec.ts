import fc from 'fast-check';
import { type Admission, HostGate, type HostGateOptions, receiverOf } from './host-gate';
import { type WebhookVerdict } from './webhook-answer';

const OK: WebhookVerdict = { status: 200, retryAfterMs: null };
const REFUSED: WebhookVerdict = { status: 500, retryAfterMs: null };
const TIMEOUT: WebhookVerdict = { failure: 'timeout', detail: 'no answer within 15 s' };

type Entered = Extract<Admission, { release: unknown }>;

/** A gate in a time of its own. */
class Fixture {
  now = 0;
  readonly gate: HostGate;

  constructor(options: HostGateOptions = {}) {
    this.gate = new HostGate({ ...options, now: () => this.now });
  }

  enter(host = 'a'): Entered {
    const admission = this.gate.enter(host);
    if ('retryAfterMs' in admission) throw new Error(`Sent away for ${admission.retryAfterMs} ms`);
    return admission;
  }

  /** Enters as often as it may; does not leave. */
  fill(host = 'a'): Entered[] {
    const entered: Entered[] = [];
    for (;;) {
      const admission = this.gate.enter(host);
      if ('retryAfterMs' in admission) return entered;
      entered.push(admission);
    }
  }

  /** How long it is sent away for; null when it may enter. */
  wait(host = 'a'): number | null {
    const admission = this.gate.enter(host);
    if ('retryAfterMs' in admission) return admission.retryAfterMs;
    admission.release();
    return null;
  }

  /** Makes one try that ends so. */
  try(verdict: WebhookVerdict, host = 'a', tryMs = 0): void {
    const admission = this.enter(host);
    this.now += tryMs;
    admission.release(verdict);
  }

  /** Fails so often, whatever suspension is between. */
  fail(times: number, host = 'a'): void {
    for (let time = 0; time < times; time++) {
      this.now += this.wait(host) ?? 0;
      this.try(TIMEOUT, host);
    }
  }
}

describe(HostGate.name, () => {
  describe('a host', () => {
    it('holds one try at once until it has answered', () => {
      const fixture = new Fixture();
      const [first, ...more] = fixture.fill();
      expect(more).toEqual([]);
      first!.release(OK);
      expect(fixture.fill()).toHaveLength(4);
    });

    it('holds four tries at once then, and one more as soon as one is over', () => {
      const fixture = new Fixture();
      fixture.try(OK);
      const entered = fixture.fill();
      expect(entered).toHaveLength(4);
      entered[2]!.release(OK);
      expect(fixture.fill()).toHaveLength(1);
    });

    it('does not take the place of another', () => {
      const fixture = new Fixture();
      fixture.fill('a');
      expect(fixture.wait('b')).toBeNull();
    });

    it('gives a place back once', () => {
      const fixture = new Fixture();
      fixture.try(OK);
      const [first] = fixture.fill();
      for (let times = 0; times < 3; times++) first!.release(OK);
      expect(fixture.fill()).toHaveLength(1);
    });

    it('holds a single one after a failure, until it answers, with whatever status', () => {
      const fixture = new Fixture();
      fixture.fail(1);
      const [probe, ...more] = fixture.fill();
      expect(more).toEqual([]);
      probe!.release(REFUSED);
      expect(fixture.fill()).toHaveLength(4);
    });

    it('is suspended after three failures in a row, each time for longer, up to a minute', () => {
      const fixture = new Fixture();
      fixture.fail(2);
      expect(fixture.wait()).toBeNull();
      const suspensions = Array.from({ length: 9 }, () => {
        fixture.fail(1);
        const start = fixture.now;
        while (fixture.wait() !== null) fixture.now += 500;
        return (fixture.now - start) / 1000;
      });
      expect(suspensions).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    });

    it('is suspended no more once it has answered', () => {
      const fixture = new Fixture();
      fixture.try(OK);
      const [first, ...others] = fixture.fill();
      for (const { release } of others) release(TIMEOUT);
      expect(fixture.wait()).toBeGreaterThan(500);
      first!.release(OK);
      expect(fixture.fill()).toHaveLength(4);
    });

    it('counts nothing when nothing has been learned', () => {
      const fixture = new Fixture();
      fixture.try(OK);
      for (let times = 0; times < 10; times++) fixture.enter().release();
      expect(fixture.fill()).toHaveLength(4);
    });

    it('sends away in turn, as fast as places become free', () => {
      const fixture = new Fixture();
      for (let times = 0; times < 20; times++) fixture.try(OK, 'a', 400);
      for (let place = 0; place < 4; place++) fixture.enter();
      // Four places, 400 ms each.
      expect(Array.from({ length: 4 }, () => fixture.wait())).toEqual([100, 200, 300, 400]);
    });

    it('sends nobody away for more than a minute beyond its suspension', () => {
      const fixture = new Fixture();
      fixture.fail(20);
      const waits = Array.from({ length: 5_000 }, () => fixture.wait()!);
      expect(waits[0]).toBeGreaterThanOrEqual(60_000);
      expect(Math.max(...waits)).toBe(120_000);
    });
  });

  describe('the places', () => {
    const places = 16;

    /** Has as many hosts in flight as may be, of those that this is done to before. */
    function occupied(fixture: Fixture, prepare: (host: string) => void): number {
      const hosts = Array.from({ length: 40 }, (_, index) => `host${index}`);
      hosts.forEach(prepare);
      return hosts.flatMap((host) => fixture.fill(host)).length;
    }

    it.each<[string, number, (fixture: Fixture, host: string) => void]>([
      ['have not been heard of', 1 / 2, () => undefined],
      [
        'fail',
        1 / 4,
        (fixture, host) => {
          fixture.try(OK, host);
          fixture.fail(1, host);
        },
      ],
      [
        'are slow',
        1 / 4,
        (fixture, host) => {
          fixture.try(OK, host, 14_000);
        },
      ],
    ])('are, for hosts that %s, %d of all, and the others are left to the rest', (_how, share, prepare) => {
      const fixture = new Fixture({ places });
      fixture.try(OK, 'brisk');
      expect(
        occupied(fixture, (host) => {
          prepare(fixture, host);
        }),
      ).toBe(places * share);
      if (share === 1 / 2) expect(fixture.wait('unknown')).toBeGreaterThan(0);
      else expect(fixture.wait('unknown')).toBeNull();
      expect(fixture.fill('brisk')).toHaveLength(4);
    });

    it('are given back by tries at hosts that were not known when they began', () => {
      const fixture = new Fixture({ places: 4 });
      const entered = ['a', 'b'].flatMap((host) => fixture.fill(host));
      expect(fixture.wait('c')).not.toBeNull();
      entered.forEach(({ release }) => {
        release(OK);
      });
      expect(fixture.wait('c')).toBeNull();
    });

    it.each([
      [200, 10],
      [15_000, 100],
    ])('are asked for again as fast as tries of %d ms let them become free', (tryMs, spacingMs) => {
      const fixture = new Fixture({ places: 64 });
      for (let host = 0; host < 50; host++) fixture.try(OK, `new${host}`, tryMs);
      for (let host = 0; host < 32; host++) fixture.enter(`busy${host}`);
      expect(['b', 'c', 'd'].map((host) => fixture.wait(host))).toEqual([1, 2, 3].map((turn) => turn * spacingMs));
    });

    it('are asked for again in turn', () => {
      const fixture = new Fixture({ places: 2 });
      fixture.fill('a');
      expect(['b', 'c', 'd'].map((host) => fixture.wait(host))).toEqual([100, 200, 300]);
    });
  });

  describe('its memory', () => {
    it('is of ten minutes', () => {
      const fixture = new Fixture();
      fixture.fail(20);
      fixture.now += 9 * 60_000;
      expect(fixture.fill()).toHaveLength(1);
      fixture.now += 11 * 60_000;
      expect(fixture.wait('b')).toBeNull();
      expect(fixture.fill()).toEqual([]);
    });

    it('is of so many hosts, those that are busy besides', () => {
      const fixture = new Fixture({ maxHosts: 3 });
      fixture.fail(20, 'failing');
      fixture.fill('busy');
      for (const host of ['c', 'd', 'e', 'f']) fixture.try(OK, host);
      expect(fixture.wait('busy')).not.toBeNull();
      expect(fixture.wait('failing')).toBeNull();
    });
  });

  it('keeps its promises, whatever comes of the tries', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f'];
    const verdict = fc.constantFrom(OK, REFUSED, TIMEOUT, undefined);
    const step = fc.record({ host: fc.constantFrom(...hosts), ends: fc.boolean(), verdict, passes: fc.nat(20_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const fixture = new Fixture({ places: 16 });
        const active = new Map<string, Entered[]>(hosts.map((host) => [host, []]));
        for (const { host, ends, verdict: result, passes } of steps) {
          fixture.now += passes;
          const tries = active.get(host)!;
          if (ends) tries.shift()?.release(result);
          else {
            const admission = fixture.gate.enter(host);
            if ('release' in admission) tries.push(admission);
            else expect(admission.retryAfterMs).toBeGreaterThan(0);
          }
          expect(tries.length).toBeLessThanOrEqual(4);
        }
        for (const tries of active.values())
          tries.forEach(({ release }) => {
            release(OK);
          });
        fixture.now += 60_000;
        // Nothing is held for ever, nor against a host that has answered soon for a while.
        for (let time = 0; time < 20; time++)
          hosts.forEach((host) => {
            fixture.try(OK, host);
          });
        expect(fixture.fill('a')).toHaveLength(4);
      }),
    );
  });
});

describe(receiverOf.name, () => {
  it.each([
    ['http://Host.example/path', 'host.example:80'],
    ['https://user:pass@host.example', 'host.example:443'],
    ['https://host.example:8443/', 'host.example:8443'],
    ['http://[2001:DB8::1]/', '[2001:db8::1]:80'],
    ['http://0x7f.1/', '127.0.0.1:80'],
  ])('of %s is %s', (url, receiver) => {
    expect(receiverOf(url)).toBe(receiver);
  });
});
