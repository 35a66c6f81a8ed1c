import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { PinoLogger } from 'nestjs-pino';
import { ERROR_CATALOGUE, type ErrorCode, PublicError } from '../domain/error-catalogue';
import { allowedMethods } from '../platform/http/allowed-methods';
import { jobIdOf } from '../platform/http/job-id';
import { routeOf } from '../platform/http/route';
import { presentError } from './error.presenter';
import { type PublicAnswer, sendAnswer } from './public-answer';

/** The last stop of everything thrown: callers see the catalogue, the log sees the rest. */
@Catch()
export class PublicErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: PinoLogger) {
    logger.setContext(PublicErrorFilter.name);
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const answer = this.answer(exception, http.getRequest<Request>(), jobIdOf(response));
    if (response.headersSent) response.destroy();
    else sendAnswer(response, answer);
  }

  private answer(exception: unknown, request: Request, jobId: string | undefined): PublicAnswer {
    if (exception instanceof PublicError && exception.code !== 'internal') return presentError(exception, jobId);
    if (exception instanceof HttpException && exception.getStatus() === ERROR_CATALOGUE.notFound.status) {
      return answerUnmatched(request);
    }
    if (exception instanceof HttpException && exception.getStatus() < 500) {
      return presentError(new PublicError(codeOfStatus(exception.getStatus())), jobId);
    }
    this.logger.error({ err: exception, route: routeOf(request) }, 'A request failed and should not have');
    return presentError(new PublicError('internal'), jobId);
  }
}

/** 405 where the path is known under other methods, else 404. */
function answerUnmatched(request: Request): PublicAnswer {
  const allowed = allowedMethods(request.app, request.path);
  if (allowed.length === 0 || allowed.includes(request.method)) return presentError(new PublicError('notFound'));
  const answer = presentError(new PublicError('methodNotAllowed'));
  return { ...answer, headers: { ...answer.headers, Allow: allowed.join(', ') } };
}

/** The first entry with that status; what the framework refuses for any other reason is an invalid request. */
function codeOfStatus(status: number): ErrorCode {
  const codes = Object.keys(ERROR_CATALOGUE) as ErrorCode[];
  return codes.find((code) => ERROR_CATALOGUE[code].status === status) ?? 'invalidRequest';
}
