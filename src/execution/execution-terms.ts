import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AuthenticatedRequest, callerOf } from '../auth/caller';
import { PublicError } from '../domain/error-catalogue';
import { readIdempotencyKey } from './idempotency-key.header';
import { prefersAsync } from './prefer.header';

/** How a caller wants its request to be treated. */
export interface ExecutionTerms {
  /** Whether it is answered before its program has run. */
  readonly isAsync: boolean;
  /** Names the request, so that a repeat of it gets the same answer. */
  readonly idempotencyKey: string | null;
}

/** The parameter that receives the terms that a request's headers ask for. @throws PublicError `invalidRequest`, `asyncNotAllowed` */
export const Terms = createParamDecorator((_data: unknown, context: ExecutionContext): ExecutionTerms => {
  const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
  const isAsync = prefersAsync(request.get('prefer'));
  if (isAsync && !callerOf(request).mayBeAsync) throw new PublicError('asyncNotAllowed');
  return {
    isAsync,
    idempotencyKey: readIdempotencyKey(request.headersDistinct['idempotency-key']),
  };
});
