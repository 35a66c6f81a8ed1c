import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Settings } from '../../config/settings';
import { PublicError } from '../../domain/error-catalogue';
import { ExpectedSecret } from '../secret';

/** RFC 6750, section 2.1; the scheme's name in any case (RFC 9110, section 11.1). */
const BEARER = /^bearer +(\S+)$/i;

/** Lets whoever knows `METRICS_TOKEN` read the metrics; anyone, where there is none. */
@Injectable()
export class MetricsTokenGuard implements CanActivate {
  private readonly expected: ExpectedSecret | null;

  constructor({ metricsToken }: Settings) {
    this.expected = metricsToken === null ? null : new ExpectedSecret(metricsToken);
  }

  /** @throws PublicError `unauthorized`, with the challenge that RFC 9110, section 15.5.2 asks for */
  canActivate(context: ExecutionContext): true {
    const http = context.switchToHttp();
    const token = BEARER.exec(http.getRequest<Request>().headers.authorization ?? '')?.[1] ?? '';
    if (this.expected === null || this.expected.matches(token)) return true;
    http.getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer');
    throw new PublicError('unauthorized');
  }
}
