import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GENERATED_KEY_NAME } from './auth/generated-key';
import { addKey, KeyCommandError, listKeys, removeKey } from './auth/key-commands';
import { KeyFile } from './auth/key-file';
import { editKeyFile, LockedError } from './auth/key-file.editor';
import { type ApiKey, digestKey } from './config/api-key.format';
import { MAX_LIMIT } from './config/key-entry';
import { type KeyTerms } from './config/key-file.format';
import { integer } from './config/setting-formats';
import { type Settings } from './config/settings';
import { loadSettings } from './config/settings.loader';
import { MAX_TIMEOUT_SECONDS } from './domain/execution-request';
import { errorName, StartupError } from './domain/startup-error';
import { prepareDataDirectory } from './platform/data-directory';

const USAGE = `Usage: npm run -s keys -- COMMAND
  add NAME      makes a key, writes its digest to the file of keys and shows the key, this once, on stdout
    --rate-limit N     programs it may send in a minute; 0: any number
    --max-queued N     jobs of its that may wait; 0: any number
    --max-timeout N    the most seconds of run time it may ask for
    --no-async         it must wait for its answers
    --webhook-secret   makes it a secret of its own for webhooks, and shows that, this once, on stderr
  list          names and limits; "-" where the settings say
  remove NAME   takes a key out of the file
  --file PATH   the file of keys; else that of API_KEYS_FILE, else keys.json in DATA_DIR
`;

/** Says how it is used, and ends with 2. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

const OPTIONS = {
  file: { type: 'string' },
  'rate-limit': { type: 'string' },
  'max-queued': { type: 'string' },
  'max-timeout': { type: 'string' },
  'no-async': { type: 'boolean' },
  'webhook-secret': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type KeySettings = Pick<Settings, 'apiKeys' | 'apiKeysFile' | 'dataDir'>;
type Options = ReturnType<typeof parse>['values'];

function parse(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function run(): Promise<void> {
  const { values, positionals } = parse();
  const [command, name, ...rest] = positionals;
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const { apiKeys, apiKeysFile, dataDir } = loadSettings();
  const settings = { apiKeys, dataDir, apiKeysFile: values.file === undefined ? apiKeysFile : resolve(values.file) };
  if (command === 'list' && name === undefined) await list(settings);
  else if (command === 'add' && name !== undefined && rest.length === 0) await add(settings, name, values);
  else if (command === 'remove' && name !== undefined && rest.length === 0) await remove(settings, name);
  else throw new UsageError('There is no such command');
}

async function add(settings: KeySettings, name: string, options: Options): Promise<void> {
  const others = keysElsewhere(settings);
  const { path, isOptional } = new KeyFile(settings, others);
  const { key, webhookSecret, change } = addKey(name, termsOf(options), options['webhook-secret'] ?? false, others);
  if (isOptional) await prepareDataDirectory(dirname(path));
  await editKeyFile(path, change);
  if (webhookSecret !== null) tell(`Its webhooks are signed with this, shown this once: ${webhookSecret}`);
  tell(`Key ${name}, shown this once; its digest is in ${path}, which a running service reads again within 2 seconds:`);
  process.stdout.write(`${key}\n`);
}

async function list(settings: KeySettings): Promise<void> {
  process.stdout.write(listKeys(await readFile(new KeyFile(settings, []).path, 'utf8')));
}

async function remove(settings: KeySettings, name: string): Promise<void> {
  const { path } = new KeyFile(settings, []);
  await editKeyFile(path, removeKey(name));
  tell(`Key ${name} is no longer in ${path}: a running service refuses it within 2 seconds`);
}

/** What a service with these settings knows beside the file. The generated key is not read: it may be another user's. */
function keysElsewhere({ apiKeys, apiKeysFile }: KeySettings): readonly ApiKey[] {
  const isGenerated = apiKeys === null && apiKeysFile === null;
  return apiKeys ?? (isGenerated ? [{ name: GENERATED_KEY_NAME, digest: digestKey('') }] : []);
}

/** The file's own rules say which numbers will do. */
function termsOf(options: Options): KeyTerms {
  const terms = {
    rateLimitPerMinute: wholeNumber('rate-limit', options),
    maxQueued: wholeNumber('max-queued', options),
    maxTimeoutSeconds: wholeNumber('max-timeout', options),
    allowAsync: options['no-async'] === true ? false : undefined,
  };
  return JSON.parse(JSON.stringify(terms)) as KeyTerms;
}

function wholeNumber(option: 'rate-limit' | 'max-queued' | 'max-timeout', options: Options): number | undefined {
  const text = options[option];
  const [min, max] = option === 'max-timeout' ? [1, MAX_TIMEOUT_SECONDS] : [0, MAX_LIMIT];
  const format = integer(min, max);
  const value = text === undefined ? undefined : format.parse(text);
  if (text !== undefined && value === undefined) throw new UsageError(`--${option} must be ${format.rule}`);
  return value;
}

/** What the file system says: of which file, and what is wrong with it. */
function describeFailure(error: unknown): string {
  const { path } = error as NodeJS.ErrnoException;
  return `${path ?? 'The file of keys'} cannot be used (${errorName(error)})`;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

run().catch((error: unknown) => {
  const isExpected = [UsageError, KeyCommandError, LockedError, StartupError].some((kind) => error instanceof kind);
  tell(isExpected ? (error as Error).message : describeFailure(error));
  if (error instanceof UsageError) tell(`\n${USAGE}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
