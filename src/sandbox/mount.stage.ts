import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JailMount } from './nsjail.arguments';

/** Folders that stand on every Debian; one is covered by the stage, so none that a source lies in. */
const STAGES = ['/mnt', '/media', '/opt'];
/** mount(8) in a mount namespace of its own, which ends with the jail: nothing of it is seen on the host. */
const SCRIPT = `set -e
stage=$1
shift
mount -t tmpfs -o mode=755 stage "$stage"
number=0
while [ "$1" != -- ]; do
  mkdir "$stage/$number"
  mount --bind "$1" "$stage/$number"
  number=$((number + 1))
  shift
done
shift
exec "$@"`;

/** A command line that starts a jail, and the mounts that it can be given. */
export interface StagedMounts {
  readonly commandPrefix: readonly string[];
  readonly mounts: readonly JailMount[];
}

/**
 * nsjail mounts as the jail's own root, an ordinary user of the host to whom a path below a folder such as /root (0700)
 * is closed. Such sources are first bound to an open place, in a mount namespace made for that.
 */
export function stageMounts(mounts: readonly JailMount[], isOpen = isOpenToAll): StagedMounts {
  const closed = mounts.filter(({ source }) => !isOpen(source));
  if (closed.length === 0) return { commandPrefix: [], mounts };
  const sources = closed.map(({ source }) => source);
  const stage = STAGES.find((folder) => !mounts.some(({ source }) => source.startsWith(`${folder}/`))) ?? '/mnt';
  const namespace = ['unshare', '--mount', '--propagation', 'private'];
  return {
    commandPrefix: [...namespace, 'sh', '-c', SCRIPT, 'sh', stage, ...sources, '--'],
    mounts: mounts.map((mount) =>
      closed.includes(mount) ? { source: `${stage}/${closed.indexOf(mount)}`, target: mount.target } : mount,
    ),
  };
}

function isOpenToAll(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
