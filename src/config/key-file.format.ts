import { validateSync } from 'class-validator';
import { type ApiKey, isWrittenDigest, parseKey } from './api-key.format';
import { KeyEntry } from './key-entry';

/** What a key has of its own, where it has; the settings say the rest. */
export interface KeyTerms {
  /** Programs it may send in a minute; 0: any number. */
  readonly rateLimitPerMinute?: number;
  /** Jobs of its that may wait; 0: any number. */
  readonly maxQueued?: number;
  /** The most run time it may ask for, in seconds. */
  readonly maxTimeoutSeconds?: number;
  /** What its webhooks are signed with, all of them at once, the first one first. */
  readonly webhookSecret?: readonly string[];
  readonly allowAsync?: boolean;
}

/** A key as a file of keys has it. */
export type FiledKey = ApiKey & KeyTerms;

/** What a file of keys holds. */
export interface FiledKeys {
  readonly keys: readonly FiledKey[];
  /** Whether whoever reads the file could call, or sign webhooks. */
  readonly holdsSecrets: boolean;
}

/** The text breaks rules. Its message names each entry and rule, one a line, and repeats no value. */
export class KeyFileFormatError extends Error {
  override readonly name = 'KeyFileFormatError';
}

/** Most broken rules that one message names. */
const MAX_NAMED = 20;

/**
 * Reads `{"keys": [{"name": …, "key": …}, …]}`.
 * @param others keys that are known from elsewhere: neither their names nor they themselves may be there
 * @throws KeyFileFormatError
 */
export function parseKeyFile(text: string, others: readonly ApiKey[]): FiledKeys {
  const entries = readEntries(text);
  const broken = [...brokenEntries(entries), ...repeatedEntries(entries, others)];
  if (broken.length > 0) throw new KeyFileFormatError(broken.slice(0, MAX_NAMED).join('\n'));
  return {
    keys: (entries as readonly KeyEntry[]).map(({ key, ...entry }) => ({ ...entry, digest: parseKey(key) ?? '' })),
    holdsSecrets: (entries as readonly KeyEntry[]).some(
      ({ key, webhookSecret }) => !isWrittenDigest(key) || webhookSecret !== undefined,
    ),
  };
}

function readEntries(text: string): readonly object[] {
  const file = parseJson(text);
  const { keys, ...rest } = isObject(file) ? (file as { keys?: unknown }) : {};
  if (!Array.isArray(keys) || Object.keys(rest).length > 0) {
    throw new KeyFileFormatError('must be an object with the member keys, a list, and no other');
  }
  const wrong = keys.flatMap((entry, index) => (isObject(entry) ? [] : [`keys[${index}] must be an object`]));
  if (wrong.length > 0) throw new KeyFileFormatError(wrong.slice(0, MAX_NAMED).join('\n'));
  return keys as object[];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its message repeats what stands there.
    throw new KeyFileFormatError('must be JSON');
  }
}

function* brokenEntries(entries: readonly object[]): Generator<string> {
  for (const [index, entry] of entries.entries()) {
    // The names of unknown members are not repeated: a key may have slipped into one's place.
    if (Object.keys(entry).some((name) => !KeyEntry.MEMBERS.has(name))) {
      yield `keys[${index}] must have no member but ${[...KeyEntry.MEMBERS].join(', ')}`;
      continue;
    }
    for (const { property, constraints = {} } of validateSync(Object.assign(new KeyEntry(), entry), {
      stopAtFirstError: true,
    })) {
      yield `keys[${index}].${property} ${Object.values(constraints).join()}`;
    }
  }
}

function* repeatedEntries(entries: readonly Partial<KeyEntry>[], others: readonly ApiKey[]): Generator<string> {
  const names = new Set<unknown>(others.map(({ name }) => name));
  const digests = new Set<unknown>(others.map(({ digest }) => digest));
  for (const [index, { name, key }] of entries.entries()) {
    const digest = typeof key === 'string' ? parseKey(key) : undefined;
    if (name !== undefined && names.has(name)) yield `keys[${index}].name must not be that of another key`;
    if (digest !== undefined && digests.has(digest)) yield `keys[${index}].key must not be another's too`;
    names.add(name);
    digests.add(digest);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
