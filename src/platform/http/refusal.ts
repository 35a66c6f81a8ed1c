import { type ServerResponse } from 'node:http';
import { type ErrorCode } from '../../domain/error-catalogue';

type RefusingResponse = ServerResponse & { refusal?: ErrorCode };

/** Notes which error of the service an answer is, for those who look at it once it has been sent. */
export function noteRefusal(response: ServerResponse, code: ErrorCode): void {
  (response as RefusingResponse).refusal = code;
}

/** The error of the service that an answer is; undefined when it is none. */
export function refusalOf(response: ServerResponse): ErrorCode | undefined {
  return (response as RefusingResponse).refusal;
}
