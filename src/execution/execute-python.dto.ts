import { IsInt, IsString, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { isHttpUri } from './http-uri';

// `null` is not "absent": `IsOptional` would let it through.
const Optional = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** The body of a call, exactly as callers write it. */
export class ExecutePythonDto {
  @IsString()
  readonly code!: string;

  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_TIMEOUT_SECONDS)
  readonly timeout?: number;

  @Optional()
  @ValidateBy({ name: 'httpUri', validator: { validate: isHttpUri, defaultMessage: () => 'an http or https URI' } })
  readonly webhook_url?: string;

  @Optional()
  @IsString()
  readonly id?: string;

  /** Every member a body may have. */
  static readonly MEMBERS: ReadonlySet<string> = new Set(['code', 'timeout', 'webhook_url', 'id']);
}
