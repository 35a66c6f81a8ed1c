import { type LinksObject, type OperationObject, type PathsObject, type ResponseObject } from '@nestjs/swagger';
import { PROBLEM_CONTENT_TYPE } from '../envelope/problem-details';
import { type OutcomePresenter } from '../envelope/outcome.presenter';
import { type PublicAnswer } from '../envelope/public-answer';
import { bodyExamples, errorResponses, problemExamples } from './error.responses';
import { COMMON_HEADERS, has, mayHave } from './headers';
import { COMMON_ERRORS, KEY_ERRORS, parametersOf, WITH_KEY } from './operation';
import { answeredJob, SAMPLE_FACTS, SAMPLE_OUTCOMES } from './sample-jobs';
import { reference, type Schema } from './schema';

const EXECUTION_ERRORS = [
  ...COMMON_ERRORS,
  ...KEY_ERRORS,
  ...(['asyncNotAllowed', 'idempotentRequestRunning', 'bodyTooLarge', 'idempotencyKeyReused'] as const),
  ...(['queueFull', 'keyQueueFull', 'rateLimited', 'noWorker', 'shuttingDown'] as const),
];
const OF_A_JOB = mayHave('X-Job-Id', 'Location', 'Idempotency-Replayed');
const OF_THE_RATE = mayHave(
  ...(['RateLimit-Policy', 'RateLimit', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const),
);

/** The endpoint that runs programs. */
export function executionPaths(presenter: OutcomePresenter): PathsObject {
  return { '/v1/code/execute/python': { post: executePython(presenter) } };
}

function executePython(presenter: OutcomePresenter): OperationObject {
  const refusals = errorResponses(EXECUTION_ERRORS, {
    ...Object.fromEntries([403, 413, 422, 429].map((status) => [status, OF_THE_RATE])),
    ...Object.fromEntries([400, 408, 409, 500, 503].map((status) => [status, { ...OF_A_JOB, ...OF_THE_RATE }])),
  });
  const { timedOut } = SAMPLE_OUTCOMES;
  const failed = Object.values(SAMPLE_OUTCOMES).filter(({ kind }) => kind !== 'returned' && kind !== 'timedOut');
  const failures = Object.fromEntries(failed.map((outcome) => [outcome.kind, presenter.present(answeredJob(outcome))]));
  const timeout = { timedOut: presenter.present(answeredJob(timedOut)) };
  return {
    operationId: 'executePython',
    tags: ['executions'],
    summary: 'Run a program',
    description:
      'Runs a program in a jail of its own and answers when it is over, or at once with `Prefer: respond-async`. A caller ' +
      'that hangs up before its answer cancels its program, unless the request has a `webhook_url` or an `Idempotency-Key`.',
    security: WITH_KEY,
    parameters: parametersOf('Prefer', 'IdempotencyKey'),
    requestBody: REQUEST_BODY,
    responses: {
      ...refusals,
      200: success(presenter),
      202: accepted(presenter),
      400: alsoOfPrograms(refusals[400], reference('ExecutionFailure'), failures),
      408: alsoOfPrograms(refusals[408], reference('ExecutionTimeout'), timeout),
    },
  };
}

const REQUEST_BODY = {
  description: 'UTF-8, `MAX_BODY_BYTES` at most. Read as JSON whatever its content type.',
  required: true,
  content: {
    'application/json': {
      schema: reference('ExecutionRequest'),
      examples: {
        shortest: { value: { code: 'print("Hello")' } },
        whole: {
          value: {
            code: 'import statistics\nvalues = [1, 2, 4]\nprint(len(values), "values")\nreturn {"mean": statistics.mean(values)}',
            timeout: 10,
            webhook_url: 'https://example.com/hooks/python',
            id: 'report-7',
          },
        },
      },
    },
  },
};

function success(presenter: OutcomePresenter): ResponseObject {
  const answer = presenter.present(answeredJob(SAMPLE_OUTCOMES.returned));
  return {
    description: 'The program ended well.',
    headers: { ...COMMON_HEADERS, ...has('X-Job-Id', 'Location'), ...mayHave('Idempotency-Replayed'), ...OF_THE_RATE },
    content: {
      'application/json': { schema: reference('ExecutionAnswer'), examples: bodyExamples({ returned: answer }) },
    },
    links: jobLinks(),
  };
}

function accepted(presenter: OutcomePresenter): ResponseObject {
  const answer = presenter.acknowledge(SAMPLE_FACTS);
  return {
    description: 'The program will run when its turn comes (`Prefer: respond-async`).',
    headers: {
      ...COMMON_HEADERS,
      ...has('X-Job-Id', 'Location', 'Preference-Applied'),
      ...mayHave('Idempotency-Replayed'),
      ...OF_THE_RATE,
    },
    content: {
      'application/json': { schema: reference('ExecutionAccepted'), examples: bodyExamples({ queued: answer }) },
    },
    links: jobLinks(),
  };
}

/** An answer of the service that a program's end gives too. */
function alsoOfPrograms(
  refusal: ResponseObject | undefined,
  schema: Schema,
  answers: Readonly<Record<string, PublicAnswer>>,
): ResponseObject {
  const { 'application/json': plain, [PROBLEM_CONTENT_TYPE]: problem } = refusal?.content ?? {};
  return {
    ...refusal,
    description: `The program did not end well: there is a header X-Job-Id. Or: ${refusal?.description ?? ''}`,
    content: {
      'application/json': {
        schema: { anyOf: [schema, ...(plain?.schema ? [plain.schema] : [])] },
        examples: { ...bodyExamples(answers), ...plain?.examples },
      },
      [PROBLEM_CONTENT_TYPE]: { ...problem, examples: { ...problemExamples(answers), ...problem?.examples } },
    },
  };
}

/** What can be asked of the job that an answer names. */
function jobLinks(): LinksObject {
  const jobId = '$response.header.X-Job-Id';
  const operations = ['describeJob', 'followJob', 'cancelJob', 'redeliverWebhook'];
  return Object.fromEntries(operations.map((operationId) => [operationId, { operationId, parameters: { jobId } }]));
}
