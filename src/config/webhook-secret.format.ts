import { KEY_NAME } from './api-key.format';
import { type SettingFormat } from './setting.decorator';

/** What webhooks are signed with. */
export interface WebhookSecret {
  /** Name of the API key whose webhooks it signs; null: those of all keys that have no secret of their own. */
  readonly keyName: string | null;
  /** `whsec_` and base64. */
  readonly secret: string;
}

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Completes "must be a list of …" for secrets alone. */
export const WEBHOOK_SECRET_RULE = `${PREFIX}… where … is ${MIN_BYTES} to ${MAX_BYTES} bytes in base64`;

/** `whsec_…,name:whsec_…`: several for the same keys are a rotation. */
export const webhookSecrets: SettingFormat<WebhookSecret[]> = {
  rule:
    `a list of ${PREFIX}… or name:${PREFIX}… with "," between entries, where … is ${MIN_BYTES} to ${MAX_BYTES} bytes ` +
    'in base64 and name that of an API key',
  parse: (text) => {
    const secrets = text.split(',').map((entry) => parseEntry(entry.trim()));
    return secrets.every((secret) => secret !== undefined) ? secrets : undefined;
  },
};

/** `whsec_` and the base64 of 24 to 64 bytes, padded. */
export function isWebhookSecret(text: string): boolean {
  const base64 = text.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  // Node leaves out what is no base64. The comparison does not.
  const isExact = text.startsWith(PREFIX) && bytes.toString('base64') === base64;
  return isExact && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
}

function parseEntry(entry: string): WebhookSecret | undefined {
  const { keyName, secret = '' } = new RegExp(`^(?:(?<keyName>${KEY_NAME}):)?(?<secret>.*)$`).exec(entry)?.groups ?? {};
  return isWebhookSecret(secret) ? { keyName: keyName ?? null, secret } : undefined;
}
