import { type OperationObject, type PathsObject, type ResponseObject } from '@nestjs/swagger';
import { errorResponses } from './error.responses';
import { COMMON_HEADERS, has } from './headers';
import { COMMON_ERRORS, KEY_ERRORS, parametersOf, WITH_KEY, WITHOUT_KEY } from './operation';
import { reference } from './schema';

/** What the service says of itself. */
export const OPERATIONS_PATHS: PathsObject = {
  '/v1/runtime': {
    get: {
      operationId: 'describeRuntime',
      tags: ['runtime'],
      summary: 'What programs find when they run',
      security: WITH_KEY,
      parameters: parametersOf(),
      responses: {
        ...errorResponses([...COMMON_ERRORS, ...KEY_ERRORS, 'noRuntime']),
        200: json('Python, packages and limits.', 'Runtime', {
          python: { implementation: 'CPython', version: '3.11.2' },
          packages: [{ name: 'numpy', version: '2.3.4', modules: ['numpy'] }],
          limits: {
            timeout_seconds: { default: 30, max: 300 },
            ...{ memory_mb: 256, processes: 64, tmp_mb: 64, output_kb: 1024, cpus: 1, body_bytes: 1048576 },
          },
          preload: [['numpy'], ['numpy', 'pandas']],
        }),
      },
    },
  },
  '/health/live': {
    get: {
      ...probe('isAlive', 'Whether the process is responsive'),
      responses: { ...errorResponses(COMMON_ERRORS), 200: json('It is.', 'Health', report({})) },
    },
  },
  '/health/ready': {
    get: {
      ...probe('isReady', 'Whether programs can be accepted, or run, now'),
      responses: {
        ...errorResponses(COMMON_ERRORS),
        200: json('They can.', 'Health', report({ service: { status: 'up' }, redis: { status: 'up' } })),
        503: json(
          'They cannot.',
          'Health',
          report({ service: { status: 'up' }, redis: { status: 'down', message: 'ECONNREFUSED' } }),
        ),
      },
    },
  },
  '/docs-json': {
    get: {
      operationId: 'describeApi',
      tags: ['operations'],
      summary: 'This description',
      security: WITHOUT_KEY,
      parameters: parametersOf('IfNoneMatch'),
      responses: {
        ...errorResponses(COMMON_ERRORS),
        200: {
          description: 'OpenAPI 3.1.',
          headers: { ...COMMON_HEADERS, ...has('ETag') },
          content: {
            'application/json': {
              schema: reference('Description'),
              examples: { shortest: { value: { openapi: '3.1.1', info: { title: 'A service', version: '1' } } } },
            },
          },
        },
        304: { description: 'The version that `If-None-Match` names.', headers: { ...COMMON_HEADERS, ...has('ETag') } },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'readMetrics',
      tags: ['operations'],
      summary: 'Metrics for Prometheus',
      description: 'With the token of `METRICS_TOKEN`, where that is set.',
      security: [{}, { metricsToken: [] }],
      parameters: parametersOf(),
      responses: {
        ...errorResponses([...COMMON_ERRORS, 'unauthorized'], { 401: has('WWW-Authenticate') }),
        200: {
          description: 'The text format of Prometheus.',
          headers: COMMON_HEADERS,
          content: {
            'text/plain': {
              schema: { type: 'string' },
              examples: { slots: { value: 'pyexec_slots{state="free"} 2\n' } },
            },
          },
        },
      },
    },
  },
};

function probe(operationId: string, summary: string): Omit<OperationObject, 'responses'> {
  return { operationId, tags: ['operations'], summary, security: WITHOUT_KEY, parameters: parametersOf() };
}

function json(description: string, schema: string, value: object): ResponseObject {
  return {
    description,
    headers: COMMON_HEADERS,
    content: { 'application/json': { schema: reference(schema), examples: { sample: { value } } } },
  };
}

/** What Terminus makes of the results of checks. */
function report(details: Readonly<Record<string, { readonly status: string; readonly message?: string }>>): object {
  const withStatus = (status: string): object =>
    Object.fromEntries(Object.entries(details).filter(([, check]) => check.status === status));
  const isDown = Object.values(details).some(({ status }) => status === 'down');
  return { status: isDown ? 'error' : 'ok', info: withStatus('up'), error: withStatus('down'), details };
}
