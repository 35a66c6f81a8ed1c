import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { closed, count, nullable, oneOf, reference, type Schema, seconds, text } from './schema';

const REQUEST: Schema = {
  ...closed(
    {
      code: text('Python source; may be empty. It runs as `__main__`; a `return` at its top level ends it.'),
      timeout: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_TIMEOUT_SECONDS,
        default: DEFAULT_TIMEOUT_SECONDS,
        description: 'Run time that the program may take, in seconds. A key may have a lower maximum.',
      },
      webhook_url: {
        type: 'string',
        format: 'uri',
        pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
        description:
          'An absolute http or https URI that the result is POSTed to as well. An address that is not public is refused.',
      },
      id: text("The caller's own name for the request, echoed back."),
    },
    ['timeout', 'webhook_url', 'id'],
  ),
  description: 'One program to run. `null` is not "absent": it is invalid.',
};

const SUCCESS: Schema = closed({
  result: {
    description:
      'The value that the program hands back, any JSON: of a top-level `return`, else of a trailing expression, else ' +
      '`null`. A value that JSON has no form for comes as its `repr`. Integers of any size arrive digit for digit.',
  },
  stdout: text('What the program and its children wrote, decoded as UTF-8.'),
  stderr: text('The same of its other stream. Text here alone is no failure.'),
  exit_code: oneOf(0),
});

const PLACE = {
  endpoint: oneOf('/v1/code/execute/python'),
  id: nullable(text("The request's `id`.")),
  job_id: { type: 'string', format: 'uuid', description: 'Names this execution.' },
  queue_id: { type: 'integer', description: 'Names the queue; the same on every instance and after every restart.' },
  build_number: text('What is running.'),
};

const MEASURES = {
  pid: { type: 'integer', minimum: 1, description: 'Process id of the program, as the host sees it.' },
  run_time: seconds('From the start of the program to its end'),
  queue_time: seconds('Its wait for its start'),
  total_time: seconds('From accepted to answered: at least the other two together'),
  queue_length: count('Jobs that were waiting when the answer was made.'),
};

/** What goes in and comes out when a program is run, by the names of the document's schemas. */
export const EXECUTION_SCHEMAS: Readonly<Record<string, Schema>> = {
  ExecutionRequest: REQUEST,
  ExecutionSuccess: SUCCESS,
  ExecutionAnswer: closed({
    ...PLACE,
    ...MEASURES,
    code: oneOf(200),
    response: reference('ExecutionSuccess'),
    message: oneOf('success'),
  }),
  ExecutionAccepted: closed({
    ...PLACE,
    code: oneOf(202),
    message: oneOf('processing'),
    queue_length: count('Jobs that were waiting when it was accepted.'),
  }),
  ExecutionFailure: {
    ...closed({
      error: text("Python's traceback with the program's own lines only, or one sentence."),
      stdout: text('What it had written by then.'),
      exit_code: oneOf(400),
    }),
    description: 'The program failed, was cancelled or crossed a limit.',
  },
  ExecutionTimeout: {
    ...closed({
      error: { type: 'string', pattern: String.raw`^Execution timed out after \d+ seconds$` },
    }),
    description: 'The run time of the program ran out.',
  },
  WebhookMessage: {
    ...closed({
      ...PLACE,
      ...MEASURES,
      pid: nullable(MEASURES.pid),
      code: oneOf(200, 400, 408, 500),
      response: {
        anyOf: ['ExecutionSuccess', 'ExecutionFailure', 'ExecutionTimeout', 'InternalError'].map(reference),
        description: 'On success what a 200 has, else the body of the error.',
      },
      message: text('`success`, else the `error` of `response`.'),
    }),
    description: 'The members of a 200, whatever became of the program; `code` is its status.',
  },
};
