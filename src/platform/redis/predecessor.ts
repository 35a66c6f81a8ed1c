import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lets the Redis of a service that was killed end. It was told so by the kernel when its service died, but one that is stopped
 * (SIGSTOP, a debugger, a frozen container) hears nothing until it is continued, and would keep the lock of the data for ever.
 * A Redis of a living service is not harmed. Never throws.
 * @param dataDir where such a Redis has its data, and so its working directory
 */
export async function wakePredecessor(dataDir: string): Promise<void> {
  const directory = await realpath(dataDir).catch(() => dataDir);
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    processes.map(async (id) => {
      try {
        if ((await readFile(join('/proc', id, 'comm'), 'utf8')).trim() !== 'redis-server') return;
        if ((await readlink(join('/proc', id, 'cwd'))) === directory) process.kill(Number(id), 'SIGCONT');
      } catch {
        // It has ended, or is another user's.
      }
    }),
  );
}
