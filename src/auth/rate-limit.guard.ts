import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { PublicError } from '../domain/error-catalogue';
import { type AuthenticatedRequest, callerOf } from './caller';
import { setRateLimitHeaders } from './rate-limit.headers';
import { RateLimiter } from './rate-limiter';

/** Lets so many requests of a key pass in a minute; for routes behind `ApiKeyGuard`. A key without a limit costs nothing. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const caller = callerOf(http.getRequest<AuthenticatedRequest>());
    if (caller.rateLimitPerMinute === 0) return true;
    return this.limiter.count(caller).then((use) => {
      setRateLimitHeaders(http.getResponse<Response>(), caller.rateLimitPerMinute, use);
      if (use?.isOver === true) throw new PublicError('rateLimited', { retryAfterSeconds: use.resetSeconds });
      return true;
    });
  }
}
