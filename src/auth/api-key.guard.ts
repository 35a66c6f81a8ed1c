import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { PublicError } from '../domain/error-catalogue';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { type AuthenticatedRequest } from './caller';
import { KeyRing } from './key-ring';

/** Lets a request with a known `x-api-key` pass and notes who makes it. Its body has not been read yet. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keyRing: KeyRing,
    private readonly settings: Settings,
  ) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.headers['x-api-key'];
    const name = typeof key === 'string' ? this.keyRing.nameOf(key) : null;
    if (name === null) throw new PublicError('unauthorized');
    request.caller = {
      name,
      rateLimitPerMinute: this.settings.rateLimitPerMinute,
      maxQueued: this.settings.maxQueuedPerKey,
      maxTimeoutSeconds: MAX_TIMEOUT_SECONDS,
      mayBeAsync: true,
    };
    return true;
  }
}
