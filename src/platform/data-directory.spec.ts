import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { prepareDataDirectory } from './data-directory';

describe(prepareDataDirectory.name, () => {
  it('makes a folder and its parents, for this user only, and leaves them empty', async () => {
    using directory = new TemporaryDirectory();
    const path = join(directory.path, 'a/b');
    await Promise.all([prepareDataDirectory(path), prepareDataDirectory(path)]);
    await prepareDataDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path)).toEqual([]);
  });

  it.each([
    ['/proc/secret', 'ENOENT'],
    ['/proc/secret/deeper', 'ENOENT'],
    ['/proc', 'ENOENT'],
    ['/dev/null', 'EEXIST'],
    ['/dev/null/secret', 'ENOTDIR'],
  ])('refuses %s without naming it', async (path, code) => {
    const failure: unknown = await prepareDataDirectory(path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartupError);
    expect((failure as StartupError).message).toMatch(`DATA_DIR cannot be used (${code})`);
    expect((failure as StartupError).message).not.toContain(path);
  });

  it('refuses a file', async () => {
    using directory = new TemporaryDirectory();
    writeFileSync(join(directory.path, 'file'), '');
    await expect(prepareDataDirectory(join(directory.path, 'file'))).rejects.toThrow(
      'DATA_DIR cannot be used (EEXIST)',
    );
  });
});
