import { type ContentObject, type ExampleObject, type HeadersObject, type ResponseObject } from '@nestjs/swagger';
import { ERROR_CATALOGUE, type ErrorCode, PublicError, type PublicErrorEntry } from '../domain/error-catalogue';
import { type InvalidPart, invalidMember } from '../domain/invalid-part';
import { presentError } from '../envelope/error.presenter';
import { PROBLEM_CONTENT_TYPE } from '../envelope/problem-details';
import { type PublicAnswer } from '../envelope/public-answer';
import { COMMON_HEADERS, has, mayHave } from './headers';
import { oneOf, reference, type Schema } from './schema';

const SAMPLE_PARTS: Partial<Record<ErrorCode, InvalidPart[]>> = {
  invalidRequest: [invalidMember('timeout', 'must be a whole number from 1 to 300')],
};

/** The answers that these errors give, one for each of their statuses. @param headers that answers of a status may have besides */
export function errorResponses(
  codes: readonly ErrorCode[],
  headers: Readonly<Record<number, HeadersObject>> = {},
): Record<string, ResponseObject> {
  const statuses = [...new Set(codes.map((code) => ERROR_CATALOGUE[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => ERROR_CATALOGUE[code].status === status);
      return [status, errorResponse(ofStatus, headers[status])];
    }),
  );
}

function errorResponse(codes: readonly ErrorCode[], headers: HeadersObject = {}): ResponseObject {
  const entries: PublicErrorEntry[] = codes.map((code) => ERROR_CATALOGUE[code]);
  const isTemporary = entries.every(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  const mayBeTemporary = entries.some(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  return {
    description: entries.map(({ sentence }) => sentence).join('. Or: '),
    headers: {
      ...COMMON_HEADERS,
      ...(mayBeTemporary && (isTemporary ? has : mayHave)('Retry-After')),
      ...(codes.includes('methodNotAllowed') && has('Allow')),
      ...headers,
    },
    content: errorContent(codes),
  };
}

/** Both forms of errors of one status. */
function errorContent(codes: readonly ErrorCode[]): ContentObject {
  const answers = Object.fromEntries(
    codes.map((code) => [code, presentError(new PublicError(code, { errors: SAMPLE_PARTS[code] }))]),
  );
  return {
    'application/json': { schema: plainSchema(codes), examples: bodyExamples(answers) },
    [PROBLEM_CONTENT_TYPE]: { schema: reference('Problem'), examples: problemExamples(answers) },
  };
}

function plainSchema(codes: readonly ErrorCode[]): Schema {
  if (codes.includes('internal')) return reference('InternalError');
  const entries = codes.map((code) => ERROR_CATALOGUE[code]);
  const [{ status } = ERROR_CATALOGUE.internal] = entries;
  const narrowed = { error: oneOf(...entries.map(({ sentence }) => sentence)), exit_code: oneOf(status) };
  return { allOf: [reference('Error'), { type: 'object', properties: narrowed }] };
}

/** The bodies of answers, as examples of the same names. */
export function bodyExamples(answers: Readonly<Record<string, PublicAnswer>>): Record<string, ExampleObject> {
  return Object.fromEntries(
    Object.entries(answers).map(([name, { body }]) => [name, { value: JSON.parse(body) as unknown }]),
  );
}

/** The same of their problem details. */
export function problemExamples(answers: Readonly<Record<string, PublicAnswer>>): Record<string, ExampleObject> {
  return Object.fromEntries(
    Object.entries(answers).map(([name, { problem }]) => [
      name,
      // As it is sent: without the members that are undefined.
      { value: JSON.parse(JSON.stringify(problem?.())) as unknown },
    ]),
  );
}
