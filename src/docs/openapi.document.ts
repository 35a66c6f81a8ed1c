import { type OpenAPIObject } from '@nestjs/swagger';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { RecordPresenter } from '../envelope/record.presenter';
import { describeService } from '../envelope/service-facts';
import { ERROR_SCHEMAS } from './error.schemas';
import { executionPaths } from './execution.paths';
import { EXECUTION_SCHEMAS } from './execution.schemas';
import { PARAMETERS, SHARED_HEADERS } from './headers';
import { jobPaths } from './job.paths';
import { JOB_SCHEMAS } from './job.schemas';
import { OPERATIONS_PATHS } from './operations.paths';
import { OPERATIONS_SCHEMAS } from './operations.schemas';
import { webhooks } from './webhooks';

// The examples are what the presenters make of jobs, so that they look like real answers.
const SERVICE = describeService('1.0.0');
const outcomes = new OutcomePresenter(SERVICE);
const records = new RecordPresenter(SERVICE);

/** The whole of the API, as OpenAPI 3.1 has it. The same for every instance. */
export const OPENAPI_DOCUMENT: OpenAPIObject = {
  openapi: '3.1.1',
  info: {
    title: 'Python execution service',
    version: '1',
    description:
      'Runs Python programs, each in a jail of its own. Errors are JSON with `error`, `stdout` and `exit_code`; a caller ' +
      'whose `Accept` names `application/problem+json` gets problem details (RFC 9457) in their place.',
  },
  // Where the document came from.
  servers: [{ url: '/' }],
  tags: [
    { name: 'executions', description: 'Programs to run' },
    { name: 'jobs', description: 'What became of them' },
    { name: 'runtime', description: 'What they run in' },
    { name: 'operations', description: 'For those who run the service' },
    { name: 'webhooks', description: 'What the service sends' },
  ],
  paths: { ...executionPaths(outcomes), ...jobPaths(records), ...OPERATIONS_PATHS },
  webhooks: webhooks(outcomes),
  components: {
    schemas: { ...EXECUTION_SCHEMAS, ...JOB_SCHEMAS, ...ERROR_SCHEMAS, ...OPERATIONS_SCHEMAS },
    parameters: { ...PARAMETERS },
    headers: { ...SHARED_HEADERS },
    securitySchemes: {
      apiKey: {
        type: 'apiKey',
        in: 'header',
        name: 'x-api-key',
        description: 'One of `API_KEYS`, or of the file of keys.',
      },
      metricsToken: { type: 'http', scheme: 'bearer', description: '`METRICS_TOKEN`, where it is set.' },
    },
  },
};
