import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorName, StartupError } from '../domain/startup-error';

/** Makes sure that a folder of `DATA_DIR` is there, or `DATA_DIR` itself, and can be written to. @throws StartupError */
export async function prepareDataDirectory(path: string): Promise<void> {
  try {
    await makeFolder(path);
    // Permissions do not tell: root may write anywhere but to a read-only or a full disk.
    await rmdir(await mkdtemp(join(path, '.probe-')));
  } catch (error) {
    throw new StartupError(
      `DATA_DIR cannot be used (${errorName(error)}): it must be a folder that this user can make and write to`,
      { cause: error },
    );
  }
}

/** Parent by parent: Node's own recursive `mkdir` goes on for ever where nothing can be made, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  await makeFolder(dirname(path));
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another service may start at the same moment.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
