import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { PinoLogger } from 'nestjs-pino';
import { ERROR_CATALOGUE, PublicError, type PublicErrorEntry } from '../domain/error-catalogue';
import { allowedMethods } from '../platform/http/allowed-methods';
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
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const answer = this.answer(exception, request);
    if (response.headersSent) response.destroy();
    else sendAnswer(response, answer);
  }

  private answer(exception: unknown, request: Request): PublicAnswer {
    if (exception instanceof PublicError && exception.code !== 'internal') return presentError(exception.entry);
    if (exception instanceof HttpException && exception.getStatus() === ERROR_CATALOGUE.notFound.status) {
      return answerUnmatched(request);
    }
    if (exception instanceof HttpException && exception.getStatus() < 500) {
      return presentError(entryOfStatus(exception.getStatus()));
    }
    this.logger.error({ err: exception, path: request.path }, 'A request failed and should not have');
    return presentError(ERROR_CATALOGUE.internal);
  }
}

/** 405 where the path is known under other methods, else 404. */
function answerUnmatched(request: Request): PublicAnswer {
  const allowed = allowedMethods(request.app, request.path);
  if (allowed.length === 0 || allowed.includes(request.method)) return presentError(ERROR_CATALOGUE.notFound);
  const answer = presentError(ERROR_CATALOGUE.methodNotAllowed);
  return { ...answer, headers: { ...answer.headers, Allow: allowed.join(', ') } };
}

/** The first entry with that status; what the framework refuses for any other reason is an invalid request. */
function entryOfStatus(status: number): PublicErrorEntry {
  const entries: PublicErrorEntry[] = Object.values(ERROR_CATALOGUE);
  return entries.find((entry) => entry.status === status) ?? ERROR_CATALOGUE.invalidRequest;
}
