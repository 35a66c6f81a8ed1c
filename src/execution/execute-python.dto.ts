import { IsInt, IsString, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { isHttpUri } from './http-uri';

// `null` is not "absent": `IsOptional` would let it through.
const Optional = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

const TEXT = { message: 'must be a string' };
const REQUIRED_TEXT = {
  message: ({ value }: { readonly value: unknown }): string => (value === undefined ? 'is required' : TEXT.message),
};
const SECONDS = { message: `must be a whole number from 1 to ${MAX_TIMEOUT_SECONDS}` };
const HTTP_URI = { message: 'must be an absolute http or https URI' };

/** The body of a call, exactly as callers write it. The messages say what a member must be, never what it was. */
export class ExecutePythonDto {
  @IsString(REQUIRED_TEXT)
  readonly code!: string;

  @Optional()
  @IsInt(SECONDS)
  @Min(1, SECONDS)
  @Max(MAX_TIMEOUT_SECONDS, SECONDS)
  readonly timeout?: number;

  @Optional()
  @ValidateBy({ name: 'httpUri', validator: { validate: isHttpUri } }, HTTP_URI)
  readonly webhook_url?: string;

  @Optional()
  @IsString(TEXT)
  readonly id?: string;

  /** Every member a body may have. */
  static readonly MEMBERS: ReadonlySet<string> = new Set(['code', 'timeout', 'webhook_url', 'id']);
}
