import { IsBoolean, IsInt, Matches, Max, Min, ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { KEY_NAME, KEY_RULE, parseKey } from './api-key.format';
import { isWebhookSecret, WEBHOOK_SECRET_RULE } from './webhook-secret.format';

/** The largest limit that can be set, of programs in a minute and of jobs that wait. */
export const MAX_LIMIT = 1_000_000;

// `null` is not "absent": `IsOptional` would let it through.
const Optional = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);
const says = (rule: string): ValidationOptions => ({ message: `must be ${rule}` });
const Whole = (min: number, max: number): PropertyDecorator => {
  const rule = says(`a whole number from ${min} to ${max}`);
  return (target, property) => {
    for (const validate of [IsInt(rule), Min(min, rule), Max(max, rule)]) validate(target, property);
  };
};

/** One entry of a file of keys, exactly as it is written. The messages say what a member must be, never what it was. */
export class KeyEntry {
  @Matches(new RegExp(`^${KEY_NAME}$`), says('1 to 64 letters, digits, "_", "." or "-"'))
  readonly name!: string;

  @ValidateBy({ name: 'key', validator: { validate: isKey } }, says(KEY_RULE))
  readonly key!: string;

  @Optional()
  @Whole(0, MAX_LIMIT)
  readonly rateLimitPerMinute?: number;

  @Optional()
  @Whole(0, MAX_LIMIT)
  readonly maxQueued?: number;

  @Optional()
  @Whole(1, MAX_TIMEOUT_SECONDS)
  readonly maxTimeoutSeconds?: number;

  @Optional()
  @ValidateBy(
    { name: 'webhookSecrets', validator: { validate: areWebhookSecrets } },
    says(`a list of one or more ${WEBHOOK_SECRET_RULE}`),
  )
  readonly webhookSecret?: string[];

  @Optional()
  @IsBoolean(says('true or false'))
  readonly allowAsync?: boolean;

  /** Every member an entry may have. */
  static readonly MEMBERS: ReadonlySet<string> = new Set([
    'name',
    'key',
    'rateLimitPerMinute',
    'maxQueued',
    'maxTimeoutSeconds',
    'webhookSecret',
    'allowAsync',
  ]);
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && parseKey(value) !== undefined;
}

function areWebhookSecrets(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && isWebhookSecret(each))
  );
}
