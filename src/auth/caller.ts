import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Caller } from '../domain/caller';

/** A request that may have passed `ApiKeyGuard`. */
export type AuthenticatedRequest = Request & { caller?: Caller };

/** The parameter that receives the caller of a route behind `ApiKeyGuard`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (caller === undefined) throw new Error('A route asks for its caller but is not behind ApiKeyGuard');
  return caller;
});
