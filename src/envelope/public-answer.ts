import { type ServerResponse } from 'node:http';

/** An answer as it goes out. */
export interface PublicAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** Sends an answer whole. Headers set on the response before stay. */
export function sendAnswer(response: ServerResponse, answer: PublicAnswer): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', JSON_CONTENT_TYPE);
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.end(answer.body);
}
