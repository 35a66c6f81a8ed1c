import { ERROR_CATALOGUE } from '../domain/error-catalogue';
import { closed, oneOf, reference, type Schema, text } from './schema';

const { internal } = ERROR_CATALOGUE;
const NOTHING = oneOf('');

const INVALID_PART: Schema = {
  oneOf: [
    {
      ...closed({
        member: text('Its name.'),
        pointer: text('JSON pointer to it, as a URI fragment.'),
        detail: text('The rule.'),
      }),
      title: 'A member of the body',
    },
    { ...closed({ pointer: oneOf('#'), detail: text('The rule.') }), title: 'The body as a whole' },
    { ...closed({ header: text('Its name.'), detail: text('The rule.') }), title: 'A header' },
  ],
};

/** RFC 9457, section 3, with the members that the service adds. */
const PROBLEM: Schema = {
  ...closed(
    {
      type: { type: 'string', format: 'uri', description: 'Tells the kinds of problems apart.' },
      title: text('Its sentence.'),
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: text('What went wrong, of a program.'),
      instance: { type: 'string', format: 'uri-reference', description: 'Path of the job, if there is one.' },
      job_id: { type: 'string', format: 'uuid' },
      stdout: text('What the program had written by then.'),
      stderr: text('The same of its other stream.'),
      errors: {
        type: 'array',
        maxItems: 20,
        items: reference('InvalidPart'),
        description: 'Each part of the request that is invalid.',
      },
    },
    ['detail', 'instance', 'job_id', 'stdout', 'stderr', 'errors'],
  ),
  description: 'Problem details (RFC 9457), for callers whose `Accept` names `application/problem+json`.',
};

/** What errors look like, by the names of the document's schemas. */
export const ERROR_SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: {
    ...closed({
      error: text('Its sentence.'),
      stdout: NOTHING,
      exit_code: { type: 'integer', description: 'The status.' },
    }),
    description: 'What the service itself refuses.',
  },
  InternalError: closed({
    error: oneOf(internal.sentence),
    stdout: NOTHING,
    stderr: NOTHING,
    exit_code: oneOf(internal.status),
  }),
  Problem: PROBLEM,
  InvalidPart: INVALID_PART,
};
