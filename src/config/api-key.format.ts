import { hash } from 'node:crypto';
import { type SettingFormat } from './setting.decorator';

/** A key that callers may use, held only as its digest. */
export interface ApiKey {
  /** Names the key in logs and records; not secret. */
  readonly name: string;
  /** SHA-256 of the key, 64 hexadecimal digits in lower case. */
  readonly digest: string;
}

/** The form of a name, as a regular expression. */
export const KEY_NAME = String.raw`[\w.-]{1,64}`;

/** Fewer characters than this can be guessed. */
const MIN_KEY_LENGTH = 16;
const DIGEST_PREFIX = 'sha256=';

/** Completes "must be …" for a key on its own. */
export const KEY_RULE = `at least ${MIN_KEY_LENGTH} visible ASCII characters or ${DIGEST_PREFIX} and 64 hexadecimal digits`;

/** `name:key,…`, where a key is given itself or as `sha256=HEX`. */
export const apiKeys: SettingFormat<ApiKey[]> = {
  rule: `a list of name:key with "," between entries; names and keys differ, and a key is ${KEY_RULE}`,
  parse: (text) => {
    const keys = text.split(',').map((entry) => parseEntry(entry.trim()));
    if (!keys.every((key) => key !== undefined)) return undefined;
    return areDistinct(keys.map(({ name }) => name)) && areDistinct(keys.map(({ digest }) => digest))
      ? keys
      : undefined;
  },
};

/** SHA-256 of a key in hexadecimal, the only form in which keys are held and looked up. */
export function digestKey(key: string): string {
  return hash('sha256', key);
}

/** How a digest is written where a key is expected. */
export function writeDigest(digest: string): string {
  return `${DIGEST_PREFIX}${digest}`;
}

/** Whether what stands in a key's place is its digest. */
export function isWrittenDigest(text: string): boolean {
  return text.startsWith(DIGEST_PREFIX);
}

/** The digest of a key that is given itself or as its digest; undefined when it breaks {@link KEY_RULE}. */
export function parseKey(text: string): string | undefined {
  if (isWrittenDigest(text)) {
    const hex = text.slice(DIGEST_PREFIX.length);
    return /^[0-9a-f]{64}$/i.test(hex) ? hex.toLowerCase() : undefined;
  }
  return text.length >= MIN_KEY_LENGTH && /^[\x21-\x7e]+$/.test(text) ? digestKey(text) : undefined;
}

function parseEntry(entry: string): ApiKey | undefined {
  const { name, key } = new RegExp(`^(?<name>${KEY_NAME}):(?<key>.+)$`).exec(entry)?.groups ?? {};
  if (name === undefined || key === undefined) return undefined;
  const digest = parseKey(key);
  return digest === undefined ? undefined : { name, digest };
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
