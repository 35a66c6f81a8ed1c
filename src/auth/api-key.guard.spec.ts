import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { Registry } from 'prom-client';
import { silentLogger } from '../../test/support/silent-logger';
import { digestKey } from '../config/api-key.format';
import { PublicError } from '../domain/error-catalogue';
import { ApiKeyGuard } from './api-key.guard';
import { AuthMetrics } from './auth.metrics';
import { KeyRing } from './key-ring';
import { MAX_FAILURES, UnknownKeyThrottle } from './unknown-key.throttle';

const KEY = 'the-one-key-that-is-known';

/** A guard, and what it makes of a request. */
class Entrance {
  readonly registry = new Registry();
  private readonly guard = new ApiKeyGuard(
    new KeyRing({ rateLimitPerMinute: 0, maxQueuedPerKey: 0 }, [{ name: 'known', digest: digestKey(KEY) }]),
    new UnknownKeyThrottle(silentLogger()),
    new AuthMetrics(this.registry),
  );

  /** The caller's name, or the code of the refusal. */
  ask(key: string | undefined, ip = '192.0.2.7'): string {
    const request = { headers: { 'x-api-key': key }, ip, socket: {}, caller: { name: '' } };
    try {
      this.guard.canActivate(new ExecutionContextHost([request]));
      return request.caller.name;
    } catch (error) {
      if (error instanceof PublicError) return error.code;
      throw error;
    }
  }

  async failures(): Promise<Record<string, number>> {
    const metric = await this.registry.getSingleMetric('pyexec_auth_failures_total')?.get();
    return Object.fromEntries(metric?.values.map(({ labels, value }) => [`${labels.reason}`, value]) ?? []);
  }
}

describe(ApiKeyGuard.name, () => {
  it('notes who calls', async () => {
    const entrance = new Entrance();
    expect(entrance.ask(KEY)).toBe('known');
    expect(await entrance.failures()).toEqual({ no_key: 0, unknown_key: 0, throttled: 0 });
  });

  it('refuses all others, throttles the address of those who guess, and counts why', async () => {
    const entrance = new Entrance();
    for (let count = 0; count < MAX_FAILURES; count++) expect(entrance.ask('wrong')).toBe('unauthorized');
    expect([entrance.ask('wrong'), entrance.ask(undefined)]).toEqual(['tooManyUnknownKeys', 'unauthorized']);
    expect(await entrance.failures()).toEqual({ no_key: 1, unknown_key: MAX_FAILURES, throttled: 1 });
  });

  it('takes no request without a key for a guess', async () => {
    const entrance = new Entrance();
    for (let count = 0; count < 2 * MAX_FAILURES; count++) expect(entrance.ask('')).toBe('unauthorized');
    expect(entrance.ask('wrong')).toBe('unauthorized');
    expect(await entrance.failures()).toEqual({ no_key: 2 * MAX_FAILURES, unknown_key: 1, throttled: 0 });
  });

  it('lets a known key in whatever its address has done', () => {
    const entrance = new Entrance();
    for (let count = 0; count < 2 * MAX_FAILURES; count++) entrance.ask('wrong');
    expect([entrance.ask('wrong'), entrance.ask(KEY)]).toEqual(['tooManyUnknownKeys', 'known']);
  });
});
