import { type OperationObject, type PathsObject, type ResponseObject } from '@nestjs/swagger';
import { type ErrorCode } from '../domain/error-catalogue';
import { type JobRecord } from '../domain/job-record';
import { type RecordPresenter } from '../envelope/record.presenter';
import { doneEvent, outputEvent, RETRY_HINT } from '../execution/server-sent-events';
import { errorResponses } from './error.responses';
import { COMMON_HEADERS, has } from './headers';
import { COMMON_ERRORS, KEY_ERRORS, parametersOf, WITH_KEY } from './operation';
import { endedJob, jobWithDelivery, QUEUED_JOB, SAMPLE_OUTCOMES } from './sample-jobs';
import { closed, oneOf, reference, type Schema, text } from './schema';

const ERRORS = [...COMMON_ERRORS, ...KEY_ERRORS, 'notFound'] as const satisfies ErrorCode[];

/** What can be asked of jobs that were accepted. */
export function jobPaths(presenter: RecordPresenter): PathsObject {
  return {
    '/v1/jobs/{jobId}': { get: describe(presenter), delete: cancel(presenter) },
    '/v1/jobs/{jobId}/events': { get: follow(presenter) },
    '/v1/jobs/{jobId}/webhook/redeliver': { post: redeliver(presenter) },
  };
}

const OF_A_JOB = { tags: ['jobs'], security: WITH_KEY, parameters: parametersOf('JobId') };

function describe(presenter: RecordPresenter): OperationObject {
  return {
    ...OF_A_JOB,
    operationId: 'describeJob',
    summary: 'What is known of a job',
    description: 'Kept for `JOB_RETENTION_SECONDS` after its end. Only the key that made a job sees it.',
    responses: {
      ...errorResponses(ERRORS),
      200: record(presenter, 'Its record.', {
        queued: QUEUED_JOB,
        ...Object.fromEntries(Object.entries(SAMPLE_OUTCOMES).map(([kind, outcome]) => [kind, endedJob(outcome)])),
        withWebhook: jobWithDelivery(),
      }),
    },
  };
}

function cancel(presenter: RecordPresenter): OperationObject {
  const cancelled = endedJob(SAMPLE_OUTCOMES.cancelled);
  return {
    ...OF_A_JOB,
    operationId: 'cancelJob',
    summary: 'Cancel a job, waiting or running',
    description: 'May be repeated: a job that was cancelled stays so.',
    responses: {
      ...errorResponses([...ERRORS, 'jobFinished']),
      200: record(presenter, 'It is over.', { cancelled }),
      202: record(presenter, 'It will be over, but is not yet.', { running: { ...QUEUED_JOB, state: 'running' } }),
    },
  };
}

function redeliver(presenter: RecordPresenter): OperationObject {
  return {
    ...OF_A_JOB,
    operationId: 'redeliverWebhook',
    summary: 'Deliver the webhook of a job again, or at once',
    responses: {
      ...errorResponses([...ERRORS, 'noWebhook', 'jobNotFinished', 'deliveryUnderWay']),
      202: record(presenter, 'It will be delivered.', { delivery: jobWithDelivery() }),
    },
  };
}

function record(
  presenter: RecordPresenter,
  description: string,
  jobs: Readonly<Record<string, JobRecord>>,
): ResponseObject {
  const examples = Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [name, { value: JSON.parse(presenter.present(job)) as unknown }]),
  );
  return {
    description,
    headers: COMMON_HEADERS,
    content: { 'application/json': { schema: reference('Job'), examples } },
  };
}

/** OpenAPI 3.1 does not say whether a schema is that of the stream or of each of its events: tools differ. */
const EVENT_STREAM: Schema = {
  anyOf: [
    { type: 'string', description: 'All of it, as text.' },
    {
      ...closed({
        event: oneOf('stdout', 'stderr', 'restart', 'done'),
        id: { type: 'string', pattern: String.raw`^(\d+-\d+-\d+|done)$` },
        data: text('JSON: text, `null`, or a `Job`.'),
      }),
      description: 'Each of its events.',
    },
  ],
};

function follow(presenter: RecordPresenter): OperationObject {
  const job = endedJob(SAMPLE_OUTCOMES.returned);
  const events = [
    RETRY_HINT,
    outputEvent('stdout', SAMPLE_OUTCOMES.returned.stdout, { run: 1, stdout: 9, stderr: 0 }),
    doneEvent(presenter.present(job)),
  ];
  return {
    ...OF_A_JOB,
    operationId: 'followJob',
    parameters: parametersOf('JobId', 'LastEventId'),
    summary: 'The output of a job while it is written',
    description:
      'Server-sent events: `stdout` and `stderr`, whose data is text as JSON; `restart`, when what was told is void since ' +
      'the program runs again; and at the end `done`, whose data is the record of the job. Comments keep a quiet stream open.',
    responses: {
      ...errorResponses([...ERRORS, 'tooManyStreams', 'shuttingDown']),
      200: {
        description: 'The events, those before `Last-Event-ID` left out.',
        headers: { ...COMMON_HEADERS, ...has('X-Accel-Buffering') },
        content: {
          'text/event-stream': { schema: EVENT_STREAM, examples: { whole: { value: events.join('') } } },
        },
      },
      204: {
        description: 'There is nothing after `Last-Event-ID`: do not come back.',
        headers: COMMON_HEADERS,
      },
    },
  };
}
