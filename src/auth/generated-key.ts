import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../domain/startup-error';
import { prepareDataDirectory } from '../platform/data-directory';

const KEY_BYTES = 32;

/** The key the service made for itself, because its operator gave it none. */
export interface GeneratedKey {
  readonly key: string;
  /** The file that keeps it, readable by its owner only. */
  readonly file: string;
  /** Whether it was made just now, so that nobody has seen it yet. */
  readonly isNew: boolean;
}

/** Reads the key kept in `DATA_DIR/api-key`; makes it where there is none. */
export async function readOrMakeKey(dataDir: string): Promise<GeneratedKey> {
  const file = join(dataDir, 'api-key');
  await prepareDataDirectory(dataDir);
  const key = randomBytes(KEY_BYTES).toString('base64url');
  try {
    // `wx` fails where the file exists: of two services that start together, one makes the key and the other reads it.
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return { key, file, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { key: await readKey(file), file, isNew: false };
  }
}

async function readKey(file: string): Promise<string> {
  const key = (await readFile(file, 'utf8')).trim();
  if (key === '')
    throw new StartupError('DATA_DIR/api-key is empty: delete it to have a new key made, or set API_KEYS');
  return key;
}
