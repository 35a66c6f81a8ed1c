import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AuthenticatedRequest, callerOf } from '../auth/caller';
import { type Caller } from '../domain/caller';

/** The body of a request, and who sent it: what a key may ask for is a rule of its body. */
export interface Sent {
  /** Bytes, as `RawBodyInterceptor` has read them; undefined when there were none. */
  readonly body: unknown;
  readonly caller: Pick<Caller, 'maxTimeoutSeconds'>;
}

/** The parameter that receives the body of a route behind `ApiKeyGuard` and its sender, for a pipe to read. */
export const SentBody = createParamDecorator((_data: unknown, context: ExecutionContext): Sent => {
  const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return { body: request.body, caller: callerOf(request) };
});
