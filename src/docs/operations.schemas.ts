import { closed, count, reference, type Schema, text } from './schema';

const whole = (description: string): Schema => ({ type: 'integer', minimum: 1, description });
const NAMES: Schema = { type: 'array', items: { type: 'string' } };

const RUNTIME: Schema = closed({
  python: closed({ implementation: text('`CPython`'), version: text('Three numbers with dots between them.') }),
  packages: {
    type: 'array',
    items: closed({ name: text('As its makers write it.'), version: text('Its own.'), modules: NAMES }),
    description: 'What can be imported beside the standard library.',
  },
  limits: closed({
    timeout_seconds: closed({ default: whole('When a request names none.'), max: whole('The most.') }),
    memory_mb: whole('MiB of memory of one program and its children.'),
    processes: whole('Processes and threads of one program.'),
    tmp_mb: whole('MiB in `/tmp`.'),
    output_kb: whole('KiB of stdout, stderr and result, each by itself.'),
    cpus: { type: 'number', minimum: 0.01, description: 'CPUs that one program may keep busy.' },
    body_bytes: whole("Size of a request's body, decompressed."),
  }),
  preload: { type: 'array', items: NAMES, description: 'Sets of modules that programs find imported already.' },
});

const CHECKS: Schema = { type: 'object', additionalProperties: reference('HealthCheck') };

/** What the service says of itself, by the names of the document's schemas. */
export const OPERATIONS_SCHEMAS: Readonly<Record<string, Schema>> = {
  Description: {
    type: 'object',
    required: ['openapi', 'info'],
    properties: { openapi: text('The version of OpenAPI that it is written in.'), info: { type: 'object' } },
    description: 'An OpenAPI document.',
  },
  Runtime: RUNTIME,
  Health: {
    ...closed({
      status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
      info: { ...CHECKS, description: 'The checks that are up.' },
      error: { ...CHECKS, description: 'The checks that are down.' },
      details: { ...CHECKS, description: 'All of them.' },
    }),
    description: "The report of Terminus, NestJS' library for health checks.",
  },
  HealthCheck: {
    type: 'object',
    required: ['status'],
    properties: {
      status: { type: 'string', enum: ['up', 'down'] },
      message: text('Why it is down.'),
      controlGroups: { type: ['integer', 'null'], description: 'Of a sandbox: the version in use; `null`: none.' },
      seccomp: { type: 'boolean' },
      capabilities: { type: 'boolean' },
      hostUids: { type: 'array', items: count('Users of the host that programs are.') },
      hostPathsVisible: { type: 'boolean' },
      sharedNamespaces: NAMES,
    },
    additionalProperties: false,
  },
};
