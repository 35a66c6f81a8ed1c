import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../domain/startup-error';
import { prepareDataDirectory } from './data-directory';

const SECRET_BYTES = 32;

/** A secret that the service made for itself, because its operator gave it none. */
export interface GeneratedSecret {
  readonly secret: string;
  /** The file that keeps it, readable by its owner only. */
  readonly file: string;
  /** Whether it was made just now, so that nobody has seen it yet. */
  readonly isNew: boolean;
}

/** What distinguishes one such secret from another. */
export interface SecretKind {
  /** Name of its file in `DATA_DIR`. */
  readonly fileName: string;
  /** The setting that takes its place. */
  readonly setting: string;
  /** Gives random bytes the form of the secret. */
  readonly write: (bytes: Buffer) => string;
  readonly isValid: (text: string) => boolean;
}

/** Reads the secret kept in `DATA_DIR`; makes it where there is none. @throws StartupError when what is kept is none */
export async function readOrMakeSecret(dataDir: string, kind: SecretKind): Promise<GeneratedSecret> {
  const file = join(dataDir, kind.fileName);
  await prepareDataDirectory(dataDir);
  const secret = kind.write(randomBytes(SECRET_BYTES));
  try {
    // `wx` fails where the file exists: of two services that start together, one makes the secret, the other reads it.
    await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return { secret, file, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { secret: await readSecret(file, kind), file, isNew: false };
  }
}

async function readSecret(file: string, { fileName, setting, isValid }: SecretKind): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim();
  if (isValid(secret)) return secret;
  throw new StartupError(
    `DATA_DIR/${fileName} holds nothing of use: delete it to have a new one made, or set ${setting}`,
  );
}
