import { type HeadersObject, type ParameterObject, type SchemaObject } from '@nestjs/swagger';

const STRING: SchemaObject = { type: 'string' };
const SAME_ORIGIN: SchemaObject = { type: 'string', enum: ['same-origin'] };
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
  Vary: [STRING, 'What decides on the answer: `Accept` on the form of an error, `Origin` on who may read it.'],
  'Cache-Control': [
    STRING,
    '`no-store`: the next answer may be another. `no-cache`: ask whether it still is this one.',
  ],
  ETag: [STRING, 'Names this version of the body, for `If-None-Match`.'],
  'Content-Security-Policy': [STRING, 'A browser that opens the answer runs, loads and frames nothing.'],
  'Cross-Origin-Opener-Policy': [SAME_ORIGIN, 'For browsers.'],
  'Cross-Origin-Resource-Policy': [SAME_ORIGIN, 'For browsers.'],
  'Referrer-Policy': [{ type: 'string', enum: ['no-referrer'] }, 'For browsers.'],
  'X-Content-Type-Options': [{ type: 'string', enum: ['nosniff'] }, 'For browsers.'],
  'X-Frame-Options': [{ type: 'string', enum: ['DENY'] }, 'For browsers.'],
  'Access-Control-Allow-Origin': [STRING, 'The origin, where its pages may read the answer (`CORS_ALLOWED_ORIGINS`).'],
  'Access-Control-Expose-Headers': [STRING, 'What those pages may read of the headers.'],
  'X-Accel-Buffering': [{ type: 'string', enum: ['no'] }, 'Has nginx hand on each event at once.'],
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

/** Headers that every answer has, or may have, as components of the document. */
export const SHARED_HEADERS: HeadersObject = {
  ...has(
    ...(['X-Request-Id', 'Cache-Control', 'Content-Security-Policy', 'Cross-Origin-Opener-Policy'] as const),
    ...(['Cross-Origin-Resource-Policy', 'Referrer-Policy', 'X-Content-Type-Options', 'X-Frame-Options'] as const),
  ),
  ...mayHave('Vary', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers'),
};

/** The same, as an answer names them. */
export const COMMON_HEADERS: HeadersObject = Object.fromEntries(
  Object.keys(SHARED_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

/** What a request may, or must, say in a header. */
export function header(name: string, schema: SchemaObject, description: string, required = false): ParameterObject {
  return { name, in: 'header', required, schema, description };
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
  IfNoneMatch: header('If-None-Match', STRING, 'The `ETag` of a version that the caller has.'),
  RequestId: header('X-Request-Id', STRING, 'Names the request, in the answer and in the log of the service.'),
  Traceparent: header(
    'traceparent',
    STRING,
    "The caller's place in a trace, with `tracestate` beside it (W3C Trace Context).",
  ),
  JobId: {
    name: 'jobId',
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid', pattern: `^${UUID}$` },
    description: 'The `job_id` of an execution.',
  },
};
