import { type PublicError } from '../domain/error-catalogue';
import { jobPath, problemType } from './problem-details';
import { type PublicAnswer } from './public-answer';

/**
 * The public form of an error that no program made.
 * @param jobId the job that it happened to, if one had been accepted
 */
export function presentError({ code, entry, errors, retryAfterSeconds }: PublicError, jobId?: string): PublicAnswer {
  const { status, sentence } = entry;
  const body =
    code === 'internal'
      ? { error: sentence, stdout: '', stderr: '', exit_code: status }
      : { error: sentence, stdout: '', exit_code: status };
  return {
    status,
    refusal: code,
    body: JSON.stringify(body),
    headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': `${retryAfterSeconds}` },
    problem: () => ({
      type: problemType(code),
      title: sentence,
      status,
      instance: jobId === undefined ? undefined : jobPath(jobId),
      errors,
    }),
  };
}
