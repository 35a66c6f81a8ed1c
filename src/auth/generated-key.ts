import { type GeneratedSecret, readOrMakeSecret } from '../platform/generated-secret';

/** What the key is called that the service makes for itself. */
export const GENERATED_KEY_NAME = 'default';

/** The key the service made for itself, because its operator gave it none. */
export interface GeneratedKey extends Omit<GeneratedSecret, 'secret'> {
  readonly key: string;
}

/** Reads the key kept in `DATA_DIR/api-key`; makes it where there is none. @throws StartupError */
export async function readOrMakeKey(dataDir: string): Promise<GeneratedKey> {
  const { secret: key, ...rest } = await readOrMakeSecret(dataDir, {
    fileName: 'api-key',
    setting: 'API_KEYS',
    write: (bytes) => bytes.toString('base64url'),
    isValid: (text) => text !== '',
  });
  return { key, ...rest };
}
