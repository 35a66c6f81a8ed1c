import { type HeadersObject, type ParameterObject, type SchemaObject } from '@nestjs/swagger';

const STRING: SchemaObject = { type: 'string' };
const AMOUNT: SchemaObject = { type: 'integer', minimum: 0 };
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const DESCRIPTIONS = {
  'X-Request-Id': [STRING, "Names the request in the service's log: what the caller sent, or else one made for it."],
  'X-Job-Id': [{ type: 'string', format: 'uuid' }, 'Names the job. There as soon as the program has been accepted.'],
  Location: [{ type: 'string', pattern: `^/v1/jobs/${UUID}$` }, 'Where the record of the job is.'],
  'Preference-Applied': [{ type: 'string', enum: ['respond-async'] }, 'The caller is not made to wait (RFC 7240).'],
  'Idempotency-Replayed': [
    { type: 'string', enum: ['true'] },
    'This is the answer of an earlier request with the same `Idempotency-Key`; nothing has been run.',
  ],
  'Retry-After': [AMOUNT, 'Seconds after which the same request may succeed.'],
  Allow: [STRING, 'The methods that the path has.'],
  Vary: [STRING, 'Names `Accept`: it decides the form of an error.'],
  'Cache-Control': [STRING, '`no-store`: the next answer may be another.'],
  'RateLimit-Policy': [STRING, 'The rate that the key may call at. Only where it has a limit.'],
  RateLimit: [STRING, 'What is left of that rate, and when there is more.'],
  'RateLimit-Limit': [AMOUNT, 'The same for those who know the older form: how much there is,'],
  'RateLimit-Remaining': [AMOUNT, 'what is left of it,'],
  'RateLimit-Reset': [AMOUNT, 'and seconds until there is more.'],
  'WWW-Authenticate': [STRING, '`Bearer`.'],
} as const satisfies Record<string, readonly [SchemaObject, string]>;

export type HeaderName = keyof typeof DESCRIPTIONS;

/** Headers that an answer may have. */
export function mayHave(...names: readonly HeaderName[]): HeadersObject {
  return Object.fromEntries(
    names.map((name) => {
      const [schema, description] = DESCRIPTIONS[name];
      return [name, { description, schema: { ...schema } }];
    }),
  );
}

/** Headers that an answer always has. */
export function has(...names: readonly HeaderName[]): HeadersObject {
  return Object.fromEntries(
    Object.entries(mayHave(...names)).map(([name, header]) => [name, { ...header, required: true }]),
  );
}

function header(name: string, schema: SchemaObject, description: string): ParameterObject {
  return { name, in: 'header', required: false, schema, description };
}

/** What requests may say in headers, by the names of the document's parameters. `Accept` is said by what can be answered. */
export const PARAMETERS: Readonly<Record<string, ParameterObject>> = {
  Prefer: header('Prefer', STRING, '`respond-async`: answer with 202 at once (RFC 7240). Anything else is ignored.'),
  IdempotencyKey: header(
    'Idempotency-Key',
    { type: 'string', pattern: String.raw`^("([ !#-\[\]-~]|\\["\\]){1,255}"|[!#-+\--~]{1,255})$` },
    'A string of 1 to 255 characters in double quotes. A repeat of the request with the same key is not run again: it ' +
      'gets the answer of the first.',
  ),
  LastEventId: header(
    'Last-Event-ID',
    STRING,
    'Id of the last event that the caller has had; the stream goes on after it. Anything else starts at the beginning.',
  ),
  RequestId: header('X-Request-Id', STRING, 'Names the request, in the answer and in the log of the service.'),
  Traceparent: header('traceparent', STRING, "The caller's place in a trace (W3C Trace Context)."),
  JobId: {
    name: 'jobId',
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid', pattern: `^${UUID}$` },
    description: 'The `job_id` of an execution.',
  },
};
