import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { readOrMakeKey } from './generated-key';

describe(readOrMakeKey.name, () => {
  it('makes a key once and reads it from then on', async () => {
    using directory = new TemporaryDirectory();
    const dataDir = join(directory.path, 'new', 'data');
    const made = await readOrMakeKey(dataDir);
    const read = await readOrMakeKey(dataDir);
    expect(made).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/), file: join(dataDir, 'api-key'), isNew: true });
    expect(read).toEqual({ ...made, isNew: false });
  });

  it('lets only the owner read the file', async () => {
    using directory = new TemporaryDirectory();
    const { file, key } = await readOrMakeKey(directory.path);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(key);
  });

  it('refuses an empty file, which would let everybody in or nobody', async () => {
    using directory = new TemporaryDirectory();
    writeFileSync(join(directory.path, 'api-key'), '\n');
    await expect(readOrMakeKey(directory.path)).rejects.toThrow(StartupError);
  });
});
