import { type Request } from 'express';

/** The pattern of the route that a request went to, such as `/v1/jobs/:jobId`; `unmatched` when there was none. */
export function routeOf(request: Request): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  return typeof route?.path === 'string' ? route.path : 'unmatched';
}
