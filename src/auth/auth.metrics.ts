import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** Why a request without a known key was refused. */
export type AuthFailure = 'unknown_key' | 'no_key' | 'throttled';

const REASONS: readonly AuthFailure[] = ['unknown_key', 'no_key', 'throttled'];

/** What is counted of those who may not call. */
@Injectable()
export class AuthMetrics {
  private readonly failures: Counter<'reason'>;

  constructor(registry: Registry) {
    this.failures = new Counter({
      name: 'pyexec_auth_failures_total',
      help: 'Requests without a known key; throttled: too many of them came from one address.',
      labelNames: ['reason'],
      registers: [registry],
    });
    // A counter that begins with its first failure hides that failure from rate().
    for (const reason of REASONS) this.failures.inc({ reason }, 0);
  }

  countFailure(reason: AuthFailure): void {
    this.failures.inc({ reason });
  }
}
