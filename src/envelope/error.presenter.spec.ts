import { ERROR_CATALOGUE, type ErrorCode, PublicError, type PublicErrorEntry } from '../domain/error-catalogue';
import { invalidMember } from '../domain/invalid-part';
import { presentError } from './error.presenter';

const ENTRIES = Object.entries(ERROR_CATALOGUE) as [ErrorCode, PublicErrorEntry][];

/** What callers tell the errors apart by: none of these may change. */
const TYPES: Record<ErrorCode, string> = {
  invalidRequest: 'urn:pyexec:problem:invalid-request',
  unauthorized: 'urn:pyexec:problem:unauthorized',
  asyncNotAllowed: 'urn:pyexec:problem:async-not-allowed',
  notFound: 'urn:pyexec:problem:not-found',
  methodNotAllowed: 'urn:pyexec:problem:method-not-allowed',
  requestTooSlow: 'urn:pyexec:problem:request-too-slow',
  idempotentRequestRunning: 'urn:pyexec:problem:idempotent-request-running',
  jobFinished: 'urn:pyexec:problem:job-finished',
  jobNotFinished: 'urn:pyexec:problem:job-not-finished',
  noWebhook: 'urn:pyexec:problem:no-webhook',
  deliveryUnderWay: 'urn:pyexec:problem:delivery-under-way',
  bodyTooLarge: 'urn:pyexec:problem:body-too-large',
  idempotencyKeyReused: 'urn:pyexec:problem:idempotency-key-reused',
  queueFull: 'urn:pyexec:problem:queue-full',
  keyQueueFull: 'urn:pyexec:problem:key-queue-full',
  rateLimited: 'urn:pyexec:problem:rate-limited',
  tooManyUnknownKeys: 'urn:pyexec:problem:too-many-unknown-keys',
  headersTooLarge: 'urn:pyexec:problem:headers-too-large',
  internal: 'urn:pyexec:problem:internal',
  queueUnavailable: 'urn:pyexec:problem:queue-unavailable',
  noWorker: 'urn:pyexec:problem:no-worker',
  tooManyStreams: 'urn:pyexec:problem:too-many-streams',
  noRuntime: 'urn:pyexec:problem:no-runtime',
  shuttingDown: 'urn:pyexec:problem:shutting-down',
};

describe(presentError.name, () => {
  it('presents an internal error with the four members of its own', () => {
    expect(presentError(new PublicError('internal'))).toMatchObject({
      status: 500,
      body: '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}',
      headers: {},
    });
  });

  const others = ENTRIES.filter(([, { status }]) => status !== 500);

  it.each(others)('presents %s with three members', (code, entry) => {
    const { status, body } = presentError(new PublicError(code));
    expect(status).toBe(entry.status);
    expect(body).toBe(`{"error":${JSON.stringify(entry.sentence)},"stdout":"","exit_code":${entry.status}}`);
  });

  it.each(others.filter(([, { status }]) => status === 429 || status === 503))('says when to retry %s', (code) => {
    expect(presentError(new PublicError(code)).headers).toEqual({
      'Retry-After': expect.stringMatching(/^[1-9]\d*$/),
    });
  });

  it.each(ENTRIES)('presents %s as a problem of a type of its own', (code, { status, sentence }) => {
    const problem = presentError(new PublicError(code)).problem?.();
    expect(JSON.stringify(problem)).toBe(JSON.stringify({ type: TYPES[code], title: sentence, status }));
  });

  it('names in a problem the job, and each part that is invalid, in that form alone', () => {
    const errors = [invalidMember('timeout', 'must be less')];
    const { body, problem } = presentError(new PublicError('invalidRequest', { errors }), 'job-1');
    expect(problem?.()).toEqual({
      type: TYPES.invalidRequest,
      title: 'Missing or invalid parameters',
      status: 400,
      instance: '/v1/jobs/job-1',
      errors: [{ member: 'timeout', pointer: '#/timeout', detail: 'must be less' }],
    });
    expect(body).toBe('{"error":"Missing or invalid parameters","stdout":"","exit_code":400}');
  });
});
