import { type Caller } from '../../src/domain/caller';

/** A caller that may do everything. */
export function sampleCaller(differences: Partial<Caller> = {}): Caller {
  return {
    name: 'caller',
    rateLimitPerMinute: 0,
    maxQueued: 0,
    maxTimeoutSeconds: 300,
    mayBeAsync: true,
    ...differences,
  };
}
