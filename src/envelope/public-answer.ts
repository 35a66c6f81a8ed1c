import { type ServerResponse } from 'node:http';
import { type ErrorCode } from '../domain/error-catalogue';
import { noteRefusal } from '../platform/http/refusal';
import { acceptsProblemDetails } from './accept.header';
import { PROBLEM_CONTENT_TYPE, type ProblemDetails } from './problem-details';

/** An answer as it goes out. */
export interface PublicAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of an error: makes what callers get in place of the body when they ask for problem details. */
  readonly problem?: () => ProblemDetails;
  /** Of an error of the service: which one. */
  readonly refusal?: ErrorCode;
}

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** Sends an answer whole, an error in the form that the request accepts. Headers set on the response before stay. */
export function sendAnswer(
  response: ServerResponse,
  { status, body, headers = {}, problem, refusal }: PublicAnswer,
): void {
  if (refusal !== undefined) noteRefusal(response, refusal);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Looked at for errors only: all else has one form.
  if (problem !== undefined) response.appendHeader('Vary', 'Accept');
  if (problem !== undefined && acceptsProblemDetails(response.req.headers.accept)) {
    sendBody(response, PROBLEM_CONTENT_TYPE, JSON.stringify(problem()));
  } else {
    sendBody(response, JSON_CONTENT_TYPE, body);
  }
}

function sendBody(response: ServerResponse, contentType: string, body: string): void {
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
