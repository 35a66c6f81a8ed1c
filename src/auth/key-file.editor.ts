import { randomBytes } from 'node:crypto';
import { type Stats } from 'node:fs';
import { chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An edit takes milliseconds: a lock that is older belongs to a process that was killed. */
const LOCK_PATIENCE_MS = 5_000;
const LOCK_POLL_MS = 50;

/** Somebody else edits the file, or did and was killed. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/**
 * Changes a file of keys in one step: whoever reads it finds all of the old text or all of the new, after a crash too. Of two
 * edits at once the second sees what the first has made. A new file is readable by the owner of its folder only; an old one keeps
 * its owner and permissions, so that a service of another user can still read it.
 * @param change gives the new text; the old one is null where there is no file
 * @throws LockedError
 */
export async function editKeyFile(path: string, change: (text: string | null) => string): Promise<void> {
  // What a symbolic link leads to is changed, not the link.
  const file = await unlessMissing(realpath(path), path);
  const lock = `${file}.lock`;
  await takeLock(lock);
  try {
    const text = change(await unlessMissing(readFile(file, 'utf8'), null));
    await replaceFile(file, text, await unlessMissing(stat(file), null));
  } finally {
    await rm(lock, { force: true });
  }
}

/** `wx` fails where the file exists: one of those that come together takes it. */
async function takeLock(lock: string): Promise<void> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (performance.now() > deadline) {
        throw new LockedError(`Somebody else is changing the keys. If nobody is, delete ${lock}`);
      }
      await sleep(LOCK_POLL_MS);
    }
  }
}

async function replaceFile(file: string, text: string, old: Stats | null): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const owner = old ?? (await stat(dirname(file)));
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      if (old !== null) await handle.chmod(old.mode & 0o777);
      // Rename says nothing of what the file holds: that must be on the disk first.
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Only root may give files away.
    if (process.getuid?.() === 0) await chown(draft, owner.uid, owner.gid);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function unlessMissing<T, U>(promise: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
