import { type SchemaObject } from '@nestjs/swagger';
import { JOB_STATES } from '../domain/job-state';
import { closed, count, nullable, oneOf, reference, type Schema, seconds, text, time } from './schema';

const OUTCOME_KINDS = ['returned', 'raised', 'exited', 'signalled', 'timed_out', 'over_limit', 'cancelled'];
const WHOLE = { type: 'integer' };
const amount = (description: string): SchemaObject => ({ type: 'integer', minimum: 1, description });

const OUTCOME: Schema = {
  ...closed({
    kind: oneOf(...OUTCOME_KINDS),
    result: { description: 'The value that the program handed back, any JSON; `null` unless `returned`.' },
    error: nullable(text('What went wrong; `null` when `returned`.')),
    stdout: text('What it wrote, whole or up to its end.'),
    stderr: text('The same of its other stream.'),
    exit_code: nullable({ ...WHOLE, description: 'Its own; `null` when it did not get as far as to have one.' }),
    signal: nullable({ ...WHOLE, description: 'The one that killed it.' }),
  }),
  description: 'How the program ended.',
};

const DELIVERY: Schema = closed({
  attempt: amount('1 for the first.'),
  started_at: time('When it was made'),
  duration: seconds('How long it took'),
  status: nullable({ ...WHOLE, description: "The receiver's HTTP status; `null` when there was none." }),
  error: nullable(text('Why there was none.')),
  next_attempt_at: nullable(time('When the next is due')),
});

const RECORD: Schema = {
  ...closed({
    job_id: { type: 'string', format: 'uuid' },
    id: nullable(text("The request's `id`.")),
    endpoint: oneOf('/v1/code/execute/python'),
    status: { ...oneOf(...JOB_STATES), description: 'The last five are final.' },
    code: nullable({ ...oneOf(200, 400, 408, 500), description: 'The HTTP status of its answer, once it has ended.' }),
    message: nullable(text('`success`, or what went wrong.')),
    outcome: {
      anyOf: [reference('Outcome'), { type: 'null' }],
      description: '`null` until it has ended, or when it is lost.',
    },
    timeout: amount('Run time that it may take, in seconds.'),
    accepted_at: time('When it was accepted'),
    started_at: nullable(time('When its program was started')),
    finished_at: nullable(time('When it ended')),
    run_time: nullable(seconds('From the start of the program to its end')),
    queue_time: nullable(seconds('Its wait for its start')),
    total_time: nullable(seconds('From accepted to its end')),
    pid: nullable(amount('Process id of the program, as the host sees it.')),
    queue_id: WHOLE,
    queue_length: nullable(count('Jobs that were waiting when it ended.')),
    build_number: text('What answers.'),
    webhook: {
      anyOf: [
        closed({ url: text('Without credentials.'), status: oneOf('pending', 'delivered', 'failed') }),
        { type: 'null' },
      ],
    },
    deliveries: { type: 'array', items: reference('Delivery'), description: 'Each try to deliver the webhook.' },
  }),
  description: 'All that is known of a job. What is not known yet is `null`.',
};

/** What is said of jobs, by the names of the document's schemas. */
export const JOB_SCHEMAS: Readonly<Record<string, Schema>> = { Job: RECORD, Outcome: OUTCOME, Delivery: DELIVERY };
