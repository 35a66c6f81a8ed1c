import { type InvalidPart } from './invalid-part';

/** An error that callers see although no program failed: its HTTP status, its sentence, and when to come back. */
export interface PublicErrorEntry {
  readonly status: number;
  readonly sentence: string;
  /** Seconds after which the same call may succeed; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** Every error of the service itself, in one table. */
export const ERROR_CATALOGUE = {
  invalidRequest: { status: 400, sentence: 'Missing or invalid parameters' },
  unauthorized: { status: 401, sentence: 'Unauthorized' },
  asyncNotAllowed: { status: 403, sentence: 'The key may not run programs asynchronously' },
  // A route, and a job too: whether another caller's job exists is nobody's business.
  notFound: { status: 404, sentence: 'Not found' },
  methodNotAllowed: { status: 405, sentence: 'Method not allowed' },
  requestTooSlow: { status: 408, sentence: 'The request took too long to arrive' },
  idempotentRequestRunning: {
    status: 409,
    sentence: 'A request with this idempotency key is still running',
    retryAfterSeconds: 1,
  },
  jobFinished: { status: 409, sentence: 'The job has already finished' },
  jobNotFinished: { status: 409, sentence: 'The job has not finished' },
  noWebhook: { status: 409, sentence: 'The job has no webhook' },
  deliveryUnderWay: { status: 409, sentence: 'The webhook is being delivered' },
  bodyTooLarge: { status: 413, sentence: 'Request body too large' },
  idempotencyKeyReused: { status: 422, sentence: 'The idempotency key was used with another request' },
  queueFull: { status: 429, sentence: 'The queue is full', retryAfterSeconds: 1 },
  keyQueueFull: { status: 429, sentence: 'Too many jobs of the key are waiting', retryAfterSeconds: 1 },
  rateLimited: { status: 429, sentence: 'The key is over its rate', retryAfterSeconds: 60 },
  tooManyUnknownKeys: { status: 429, sentence: 'Too many requests without a known key', retryAfterSeconds: 60 },
  headersTooLarge: { status: 431, sentence: 'Request headers too large' },
  internal: { status: 500, sentence: 'An internal server error occurred' },
  queueUnavailable: { status: 503, sentence: 'The queue is not available', retryAfterSeconds: 1 },
  noWorker: { status: 503, sentence: 'No worker took the job in time', retryAfterSeconds: 30 },
  noRuntime: { status: 503, sentence: 'No worker has described its runtime yet', retryAfterSeconds: 5 },
  tooManyStreams: { status: 503, sentence: 'Too many event streams are open', retryAfterSeconds: 5 },
  shuttingDown: { status: 503, sentence: 'The service is shutting down', retryAfterSeconds: 5 },
} as const satisfies Record<string, PublicErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** `cause` is for the log and never reaches the caller. */
export interface PublicErrorOptions extends ErrorOptions {
  /** Every part of the request that is invalid, as far as is known. */
  readonly errors?: readonly InvalidPart[];
  /** When to come back, where more is known than the catalogue says. */
  readonly retryAfterSeconds?: number;
}

/** Ends a call with an entry of {@link ERROR_CATALOGUE}. */
export class PublicError extends Error {
  override readonly name = 'PublicError';
  readonly errors: readonly InvalidPart[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    options: PublicErrorOptions = {},
  ) {
    super(ERROR_CATALOGUE[code].sentence, options);
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds ?? this.entry.retryAfterSeconds;
  }

  get entry(): PublicErrorEntry {
    return ERROR_CATALOGUE[this.code];
  }
}
