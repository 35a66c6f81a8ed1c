import { headerParts } from '../platform/http/header-parts';
import { PROBLEM_CONTENT_TYPE } from './problem-details';

/**
 * Whether a caller asks for errors as problem details: `Accept` names their media type, with a weight above 0 (RFC 9110,
 * section 12.5.1). A wildcard does not name it: it is what callers send who know nothing of problem details.
 */
export function acceptsProblemDetails(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  return headerParts(accept, ',').some((range) => {
    const [mediaType = '', ...parameters] = headerParts(range, ';');
    return mediaType.toLowerCase() === PROBLEM_CONTENT_TYPE && weightOf(parameters) > 0;
  });
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => /^q=/i.test(parameter));
  return weight === undefined ? 1 : Number(weight.slice(2));
}
