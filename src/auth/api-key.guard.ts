import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { PublicError } from '../domain/error-catalogue';
import { type AuthenticatedRequest } from './caller';
import { KeyRing } from './key-ring';

/** Lets a request with a known `x-api-key` pass and notes who makes it. Its body has not been read yet. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly keyRing: KeyRing) {}

  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.headers['x-api-key'];
    const name = typeof key === 'string' ? this.keyRing.nameOf(key) : null;
    if (name === null) throw new PublicError('unauthorized');
    request.caller = { name };
    return true;
  }
}
