import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type INestApplication } from '@nestjs/common';
import { type CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface';

/** How long a browser may keep the answer to a preflight request, in seconds; browsers have bounds of their own. */
const MAX_AGE_SECONDS = 600;

const ALLOWED: CorsOptions = {
  methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  allowedHeaders: [
    'accept',
    'content-type',
    'idempotency-key',
    'last-event-id',
    'prefer',
    'traceparent',
    'x-api-key',
    'x-request-id',
  ],
  exposedHeaders: [
    'Idempotency-Replayed',
    'Location',
    'Preference-Applied',
    'RateLimit',
    'RateLimit-Limit',
    'RateLimit-Policy',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'Retry-After',
    'X-Job-Id',
    'X-Request-Id',
  ],
  credentials: false,
  maxAge: MAX_AGE_SECONDS,
  optionsSuccessStatus: 204,
};
const NOTHING: CorsOptions = { origin: false };

/**
 * Lets pages of other origins read the API (Fetch standard, "CORS protocol"), and nothing else of the service. To an origin that is
 * not allowed the service answers as though it knew nothing of CORS.
 * @param allowedOrigins origins as browsers write them; `*` is any; none: nothing is set up, and costs nothing
 */
export function configureCors(app: INestApplication, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return;
  const isAny = allowedOrigins.includes('*');
  // Caches have to know it of answers to origins that are not allowed, too (Fetch standard, "CORS protocol and HTTP caches").
  if (!isAny) app.use(varyByOrigin);
  app.enableCors((request: IncomingMessage, answer: (error: Error | null, options: CorsOptions) => void) => {
    const { origin = '' } = request.headers;
    const isAllowed = isOfApi(request) && !isPlainOptions(request) && (isAny || allowedOrigins.includes(origin));
    answer(null, isAllowed ? { ...ALLOWED, origin: isAny ? '*' : origin } : NOTHING);
  });
}

function varyByOrigin(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (isOfApi(request)) response.setHeader('Vary', 'Origin');
  next();
}

function isOfApi({ url }: IncomingMessage): boolean {
  return url?.startsWith('/v1/') === true;
}

/** An `OPTIONS` that is no preflight request is one for a method that no route has. */
function isPlainOptions({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] === undefined;
}
