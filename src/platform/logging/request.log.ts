import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';
import { PinoLogger } from 'nestjs-pino';
import { type Caller } from '../../domain/caller';
import { snakeCase } from '../../domain/snake-case';
import { jobIdOf } from '../http/job-id';
import { refusalOf } from '../http/refusal';
import { nameRequest } from '../http/request-id';
import { routeOf } from '../http/route';
import { endRequestSpan, startRequestSpan } from '../tracing/request.span';
import { Tracing } from '../tracing/tracing';
import { contextFields, inContext, type LogContext } from './log-context';
import { RefusalBudget } from './refusal.budget';

/** Asked for every few seconds, for ever. */
const SILENT_ROUTES = /^\/(health|metrics)\b/;

/**
 * Names each request, and says of those that were refused why: a program that was run has its own line, see `JobCloser`, and
 * all else is of interest to those who debug only.
 */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private readonly budget = new RefusalBudget(({ kind, count }) => {
    const [reason, key] = kind.split(' ');
    this.logger.info({ reason, key, count }, 'More requests refused');
  });

  constructor(
    private readonly tracing: Tracing,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(RequestLog.name);
  }

  onApplicationShutdown(): void {
    this.budget.endWindow();
  }

  /** Middleware; before all that answers, so that whatever is answered has a name. */
  readonly observe = (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const requestId = nameRequest(request, response);
    const span = startRequestSpan(this.tracing, request);
    const context = { requestId, trace: span.trace };
    response.once('close', () => {
      endRequestSpan(span, request, response);
      this.note(request, response, startedAt, context);
    });
    inContext(context, next);
  };

  private note(request: Request, response: Response, startedAt: number, context: LogContext): void {
    const refusal = refusalOf(response);
    const reason = refusal && snakeCase(refusal);
    const key = (request as { caller?: Caller }).caller?.name;
    if (SILENT_ROUTES.test(request.path)) return;
    const isInfo = reason !== undefined && this.budget.take(key === undefined ? reason : `${reason} ${key}`);
    if (!isInfo && !this.logger.logger.isLevelEnabled('debug')) return;
    const fields = {
      ...contextFields(context),
      method: request.method,
      route: routeOf(request),
      status: response.headersSent ? response.statusCode : null,
      reason,
      key,
      jobId: jobIdOf(response),
      durationMs: Math.round(performance.now() - startedAt),
      remoteAddress: request.ip,
    };
    if (isInfo) this.logger.info(fields, 'Request refused');
    else this.logger.debug(fields, response.writableFinished ? 'Request answered' : 'Request given up by its caller');
  }
}
