import { randomBytes } from 'node:crypto';
import { type ApiKey, digestKey, KEY_NAME, writeDigest } from '../config/api-key.format';
import { type FiledKey, KeyFileFormatError, type KeyTerms, parseKeyFile } from '../config/key-file.format';

const SECRET_BYTES = 32;

/** The command cannot be done, and the message says why. */
export class KeyCommandError extends Error {
  override readonly name = 'KeyCommandError';
}

/** The text of a file of keys, and what becomes of it. The old text is null where there is no file yet. */
export type KeyFileChange = (text: string | null) => string;

/** A key that has just been made. Nothing else ever shows it again. */
export interface MadeKey {
  readonly key: string;
  /** What its webhooks are signed with; null where that has not been asked for. */
  readonly webhookSecret: string | null;
  readonly change: KeyFileChange;
}

/**
 * Makes a key and the change that adds its digest to a file.
 * @param others keys that are known from elsewhere
 */
export function addKey(name: string, terms: KeyTerms, withSecret: boolean, others: readonly ApiKey[]): MadeKey {
  if (!new RegExp(`^${KEY_NAME}$`).test(name)) {
    throw new KeyCommandError('A name is 1 to 64 letters, digits, "_", "." or "-"');
  }
  const key = randomBytes(SECRET_BYTES).toString('base64url');
  const webhookSecret = withSecret ? `whsec_${randomBytes(SECRET_BYTES).toString('base64')}` : null;
  const own = webhookSecret === null ? terms : { ...terms, webhookSecret: [webhookSecret] };
  const entry = { name, key: writeDigest(digestKey(key)), ...own };
  return { key, webhookSecret, change: (text) => withEntry(text, entry, others) };
}

/** The change that takes a key out of a file. */
export function removeKey(name: string): KeyFileChange {
  return (text) => {
    const entries = readEntries(text, []);
    const left = entries.filter((entry) => entry.name !== name);
    if (left.length === entries.length) throw new KeyCommandError(`There is no key ${name} in the file`);
    return writeEntries(left);
  };
}

/** The keys of a file as a table: their names and what each has of its own. */
export function listKeys(text: string): string {
  const { keys } = read(text, []);
  const rows = [['name', 'rate/min', 'queued', 'timeout', 'async', 'webhook secrets'], ...keys.map(rowOf)];
  const widths = rows[0]?.map((_title, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd() + '\n',
    )
    .join('');
}

function rowOf({ name, allowAsync, webhookSecret = [], ...limits }: FiledKey): string[] {
  const [rate, queued, timeout] = [limits.rateLimitPerMinute, limits.maxQueued, limits.maxTimeoutSeconds].map(
    (limit) => `${limit ?? '-'}`,
  );
  const async = allowAsync === undefined ? '-' : allowAsync ? 'yes' : 'no';
  return [name, rate ?? '', queued ?? '', timeout ?? '', async, `${webhookSecret.length}`];
}

function withEntry(text: string | null, entry: { readonly name: string }, others: readonly ApiKey[]): string {
  const entries = readEntries(text, others);
  if ([...entries, ...others].some(({ name }) => name === entry.name)) {
    throw new KeyCommandError(`There is a key ${entry.name} already`);
  }
  const changed = writeEntries([...entries, entry]);
  // What a service would refuse is not written.
  read(changed, others);
  return changed;
}

/** The entries as they are written, once it is known that they are good. */
function readEntries(text: string | null, others: readonly ApiKey[]): { readonly name: string }[] {
  if (text === null) return [];
  read(text, others);
  return (JSON.parse(text) as { keys: { name: string }[] }).keys;
}

function read(text: string, others: readonly ApiKey[]): ReturnType<typeof parseKeyFile> {
  try {
    return parseKeyFile(text, others);
  } catch (error) {
    if (!(error instanceof KeyFileFormatError)) throw error;
    throw new KeyCommandError(`The file cannot be used as it is:\n${error.message}`, { cause: error });
  }
}

function writeEntries(entries: readonly object[]): string {
  return `${JSON.stringify({ keys: entries }, null, 2)}\n`;
}
