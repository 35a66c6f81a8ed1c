import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiKey } from '../config/api-key.format';
import { type FiledKeys, KeyFileFormatError, parseKeyFile } from '../config/key-file.format';
import { type Settings } from '../config/settings';
import { errorName, StartupError } from '../domain/startup-error';

/** Some hundred thousand keys. What is larger has been named by mistake. */
const MAX_BYTES = 64 * 1024 * 1024;
const NAME_IN_DATA_DIR = 'keys.json';

/** A file of keys as it is now. */
export interface KeyFileVersion {
  readonly text: string;
  /** Whether others than its owner may read it. */
  readonly isOpen: boolean;
}

/** The file that `API_KEYS_FILE` names; where it names none, `keys.json` of `DATA_DIR`, which need not be there. */
export class KeyFile {
  readonly path: string;
  /** How the file is called in messages. */
  readonly label: string;

  constructor(
    { apiKeysFile, dataDir }: Pick<Settings, 'apiKeysFile' | 'dataDir'>,
    private readonly others: readonly ApiKey[],
  ) {
    this.path = apiKeysFile ?? join(dataDir, NAME_IN_DATA_DIR);
    this.label = apiKeysFile === null ? `DATA_DIR/${NAME_IN_DATA_DIR}` : 'API_KEYS_FILE';
    this.isOptional = apiKeysFile === null;
  }

  /** Whether the service does without it. */
  readonly isOptional: boolean;

  /** @throws StartupError when it cannot be read */
  async read(): Promise<KeyFileVersion> {
    try {
      // Before it is opened: a pipe would be waited for, a device have no end.
      const status = await stat(this.path);
      if (!status.isFile()) throw new StartupError(`${this.label} must be a file`);
      if (status.size > MAX_BYTES)
        throw new StartupError(`${this.label} must be at most ${MAX_BYTES / 1024 ** 2} MiB large`);
      return { text: await readFile(this.path, 'utf8'), isOpen: (status.mode & 0o077) !== 0 };
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw new StartupError(`${this.label} cannot be read (${errorName(error)})`, { cause: error });
    }
  }

  /** @throws StartupError that names each entry and the rule that it breaks, and repeats no value */
  parse({ text }: KeyFileVersion): FiledKeys {
    try {
      return parseKeyFile(text, this.others);
    } catch (error) {
      if (!(error instanceof KeyFileFormatError)) throw error;
      const lines = error.message.split('\n').map((line) => `${this.label}: ${line}`);
      throw new StartupError(lines.join('\n'), { cause: error });
    }
  }
}

/** Whether a file could not be read because there is none. */
export function isMissing({ cause }: StartupError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
