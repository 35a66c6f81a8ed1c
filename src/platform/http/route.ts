import { type Request } from 'express';

/**
 * The pattern of the route that a request went to, such as `/v1/jobs/:jobId`; `unmatched` when there was none. Never its path:
 * callers could make endless series of metrics with it.
 */
export function routeOf(request: Request): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  return typeof route?.path === 'string' ? request.baseUrl + route.path : 'unmatched';
}
