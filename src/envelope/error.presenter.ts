import { ERROR_CATALOGUE, type PublicErrorEntry } from '../domain/error-catalogue';
import { type PublicAnswer } from './public-answer';

/** The public form of an error that no program made. */
export function presentError(entry: PublicErrorEntry): PublicAnswer {
  const body =
    entry.status === ERROR_CATALOGUE.internal.status
      ? { error: entry.sentence, stdout: '', stderr: '', exit_code: entry.status }
      : { error: entry.sentence, stdout: '', exit_code: entry.status };
  return { status: entry.status, body: JSON.stringify(body), headers: retryHeaders(entry) };
}

function retryHeaders({ retryAfterSeconds }: PublicErrorEntry): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { 'Retry-After': `${retryAfterSeconds}` };
}
