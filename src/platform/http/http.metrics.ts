import { type ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ERROR_CATALOGUE, type ErrorCode } from '../../domain/error-catalogue';
import { snakeCase } from '../../domain/snake-case';
import { refusalOf } from './refusal';
import { routeOf } from './route';

const BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300];
/** Any other that Node's parser knows is `other`: nobody can make more series with it. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** What no server answers: the caller has hung up before it had its answer (nginx' number for it). */
const HUNG_UP = 499;

/** Counts and times requests, and counts those that the service refused or failed. What a program does wrong is no refusal. */
@Injectable()
export class HttpMetrics {
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private readonly refusals: Counter<'reason'>;
  private inFlight = 0;

  constructor(registry: Registry) {
    this.durations = new Histogram({
      name: 'pyexec_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer; status 499: the caller hung up before.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
    this.refusals = new Counter({
      name: 'pyexec_requests_refused_total',
      help: 'Requests that the service refused or failed, by entry of the error catalogue.',
      labelNames: ['reason'],
      registers: [registry],
    });
    for (const code of Object.keys(ERROR_CATALOGUE)) this.refusals.inc({ reason: snakeCase(code) }, 0);
    const inFlight = (): number => this.inFlight;
    new Gauge({
      name: 'pyexec_http_requests_in_flight',
      help: 'Requests that are being answered, this one included.',
      registers: [registry],
      collect() {
        this.set(inFlight());
      },
    });
  }

  /** Middleware; before all that answers, so that it sees every request, once its turn has come. Costs a listener and about a microsecond. */
  readonly follow = (request: Request, response: ServerResponse, next: () => void): void => {
    const startedAt = performance.now();
    this.inFlight++;
    response.once('close', () => {
      this.inFlight--;
      const method = METHODS.has(request.method) ? request.method : 'other';
      const status = response.writableFinished ? response.statusCode : HUNG_UP;
      this.durations.observe({ method, route: routeOf(request), status }, (performance.now() - startedAt) / 1000);
      const refusal = refusalOf(response);
      if (refusal !== undefined) this.countRefusal(refusal);
    });
    next();
  };

  /** Counts what was answered with an entry of the catalogue; for what never became a request that {@link follow} has seen. */
  countRefusal(code: ErrorCode): void {
    this.refusals.inc({ reason: snakeCase(code) });
  }
}
