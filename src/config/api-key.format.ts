import { hash } from 'node:crypto';
import { type SettingFormat } from './setting.decorator';

/** A key that callers may use, held only as its digest. */
export interface ApiKey {
  /** Names the key in logs and records; not secret. */
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
}

/** The form of a name, as a regular expression. */
export const KEY_NAME = String.raw`[\w.-]{1,64}`;

/** Fewer characters than this can be guessed. */
const MIN_KEY_LENGTH = 16;

/** `name:key,…`, where a key is given itself or as `sha256=HEX`. */
export const apiKeys: SettingFormat<ApiKey[]> = {
  rule:
    `a list of name:key with "," between entries; names differ, and a key is at least ${MIN_KEY_LENGTH} visible ASCII ` +
    'characters or sha256= and 64 hexadecimal digits',
  parse: (text) => {
    const keys = text.split(',').map((entry) => parseEntry(entry.trim()));
    const names = new Set(keys.map((key) => key?.name));
    return keys.every((key) => key !== undefined) && names.size === keys.length ? keys : undefined;
  },
};

/** SHA-256 of a key, the only form in which keys are held and compared. */
export function digestKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function parseEntry(entry: string): ApiKey | undefined {
  const match = new RegExp(String.raw`^(?<name>${KEY_NAME}):(?<secret>[\x21-\x7e]+)$`).exec(entry);
  const { name, secret } = match?.groups ?? {};
  if (name === undefined || secret === undefined) return undefined;
  const digest = parseSecret(secret);
  return digest && { name, digest };
}

function parseSecret(secret: string): Buffer | undefined {
  if (secret.startsWith('sha256=')) {
    const hex = secret.slice('sha256='.length);
    return /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
  }
  return secret.length >= MIN_KEY_LENGTH ? digestKey(secret) : undefined;
}
