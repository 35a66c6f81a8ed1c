import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Caller } from '../domain/caller';

/** A request that may have passed `ApiKeyGuard`. */
export type AuthenticatedRequest = Request & { caller?: Caller };

/** The caller of a request that has passed `ApiKeyGuard`. */
export function callerOf({ caller }: AuthenticatedRequest): Caller {
  if (caller === undefined) throw new Error('A route asks for its caller but is not behind ApiKeyGuard');
  return caller;
}

/** The parameter that receives the caller of a route behind `ApiKeyGuard`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  return callerOf(context.switchToHttp().getRequest<AuthenticatedRequest>());
});
