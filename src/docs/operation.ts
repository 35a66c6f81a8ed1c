import { type ReferenceObject, type SecurityRequirementObject } from '@nestjs/swagger';
import { type ErrorCode } from '../domain/error-catalogue';

/** What any request may be answered with: it is no proper HTTP, its method is another, or the service is at fault. */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'invalidRequest',
  'methodNotAllowed',
  'requestTooSlow',
  'headersTooLarge',
  'internal',
];

/** Beside those, what a route behind a key may answer, which asks Redis. */
export const KEY_ERRORS: readonly ErrorCode[] = ['unauthorized', 'tooManyUnknownKeys', 'queueUnavailable'];

export const WITH_KEY: SecurityRequirementObject[] = [{ apiKey: [] }];
export const WITHOUT_KEY: SecurityRequirementObject[] = [];

/** Parameters of an operation, by their names in the document; those that all have are among them. */
export function parametersOf(...names: readonly string[]): ReferenceObject[] {
  return [...names, 'RequestId', 'Traceparent'].map((name) => ({ $ref: `#/components/parameters/${name}` }));
}
