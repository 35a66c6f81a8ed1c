import { type ErrorCode } from '../domain/error-catalogue';
import { type InvalidPart } from '../domain/invalid-part';
import { snakeCase } from '../domain/snake-case';

/** Media type of problem details in JSON. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** An error in the form of RFC 9457, section 3, its members in the order in which they are sent. */
export interface ProblemDetails {
  /** Tells the kinds of problems apart. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Path of the job, if there is one. */
  readonly instance?: string;
  readonly job_id?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly errors?: readonly InvalidPart[];
}

/** The `type` of a problem: an error of the service, or how a program ended. */
export function problemType(kind: ErrorCode | 'executionFailed' | 'executionTimedOut'): string {
  return `urn:pyexec:problem:${snakeCase(kind).replaceAll('_', '-')}`;
}

/** Path of what is known about a job: the `instance` of its problems. */
export function jobPath(jobId: string): string {
  return `/v1/jobs/${jobId}`;
}
