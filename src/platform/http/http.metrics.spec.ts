import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { Registry } from 'prom-client';
import { eventually } from '../../../test/support/eventually';
import { HttpMetrics } from './http.metrics';

describe(HttpMetrics.name, () => {
  let server: Server;
  let registry: Registry;

  beforeEach(async () => {
    registry = new Registry();
    const app = express();
    app.use(new HttpMetrics(registry).follow);
    const mounted = express();
    mounted.get('/items/:id', (_request, response) => response.end());
    app.use('/mounted', mounted);
    app.get('/jobs/:id', (_request, response) => response.status(202).end());
    app.get('/in-flight', async (_request, response) => response.end(await inFlight()));
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  async function call(method: string, path: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const sent = request({ method, path, port, host: '127.0.0.1', agent: false }).end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    return text(response);
  }

  async function inFlight(): Promise<string> {
    return registry.getSingleMetricAsString('pyexec_http_requests_in_flight');
  }

  /** Method, route and status of all that was counted. */
  async function counted(): Promise<string[]> {
    const metric = await registry.getSingleMetricAsString('pyexec_http_request_duration_seconds');
    const counts = metric.matchAll(/_count\{method="(.*)",route="(.*)",status="(.*)"\} (\d+)/g);
    return [...counts].map(([, ...labels]) => labels.join(' '));
  }

  it('names routes by their patterns, those of a mounted application too', async () => {
    await call('GET', '/jobs/1');
    await call('GET', '/jobs/2?id=3');
    await call('GET', '/mounted/items/4');
    expect(await counted()).toEqual(['GET /jobs/:id 202 2', 'GET /mounted/items/:id 200 1']);
  });

  it('makes no series of what callers invent', async () => {
    for (const path of ['/a', '/b', '/mounted/c', '/%6aobs/1', '/jobs/1/2']) await call('GET', path);
    for (const method of ['PROPFIND', 'MKCOL', 'SEARCH']) await call(method, '/jobs/1');
    expect(await counted()).toEqual(['GET unmatched 404 5', 'other unmatched 404 3']);
  });

  it('counts what is being answered', async () => {
    expect(await call('GET', '/in-flight')).toMatch(/ 1$/);
    await eventually('none is any more', async () => (await inFlight()).endsWith(' 0'));
  });
});
