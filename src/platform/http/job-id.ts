import { type ServerResponse } from 'node:http';

/** The header in which an answer names the job that it is about. */
export const JOB_ID_HEADER = 'X-Job-Id';

/** The job that an answer is about, as far as it is known yet: a controller names it in the headers as soon as there is one. */
export function jobIdOf(response: ServerResponse): string | undefined {
  return response.getHeader(JOB_ID_HEADER)?.toString();
}
