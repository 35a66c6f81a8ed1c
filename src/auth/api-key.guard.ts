import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { PublicError } from '../domain/error-catalogue';
import { AuthMetrics } from './auth.metrics';
import { type AuthenticatedRequest } from './caller';
import { clientAddress } from './client-address';
import { KeyRing } from './key-ring';
import { UnknownKeyThrottle } from './unknown-key.throttle';

/**
 * Lets a request with a known `x-api-key` pass and notes who makes it. Its body has not been read yet. The key is looked up
 * before anything else: what others behind the same address have tried is held against nobody who has one.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keyRing: KeyRing,
    private readonly throttle: UnknownKeyThrottle,
    private readonly metrics: AuthMetrics,
  ) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.headers['x-api-key'];
    const caller = typeof key === 'string' ? this.keyRing.callerOf(key) : null;
    if (caller === null) throw this.refusal(request, key === undefined || key === '');
    request.caller = caller;
    return true;
  }

  private refusal(request: AuthenticatedRequest, isWithoutKey: boolean): PublicError {
    // One without any key is no guess.
    const retryAfterSeconds = isWithoutKey ? 0 : this.throttle.note(clientAddress(request));
    const isThrottled = retryAfterSeconds > 0;
    this.metrics.countFailure(isThrottled ? 'throttled' : isWithoutKey ? 'no_key' : 'unknown_key');
    return isThrottled ? new PublicError('tooManyUnknownKeys', { retryAfterSeconds }) : new PublicError('unauthorized');
  }
}
