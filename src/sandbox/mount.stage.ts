import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../domain/startup-error';
import { DEVICES, type JailMount } from './nsjail.arguments';

/** Folders that stand on every Debian; one is covered by the stage, so none that a source lies in. */
const STAGES = ['/mnt', '/media', '/opt'];
const OWN_NAMESPACE = ['unshare', '--mount', '--propagation', 'private'];
/**
 * mount(8) in a mount namespace of its own, which ends with the jail: nothing of it is seen on the host. A bind mount
 * would tell programs, in mountinfo, the device and the path that it comes from; an overlay mount of "." tells nothing.
 */
const SCRIPT = `set -e
stage=$1
shift
mount -t tmpfs -o mode=755 stage "$stage"
mkdir "$stage/empty" "$stage/dev"
while [ "$1" != -- ]; do
  mknod -m 666 "$stage/dev/$1" c 1 "$2"
  shift 2
done
shift
number=0
while [ "$1" != -- ]; do
  if [ "$1" = content ]; then
    printf %s "$2" >"$stage/$number"
  else
    mkdir "$stage/$number"
    cd "$2"
    mount -t overlay -o "ro,nosuid,nodev,lowerdir=.:$stage/empty" overlay "$stage/$number" 2>/dev/null ||
      mount --bind "$2" "$stage/$number"
  fi
  number=$((number + 1))
  shift 2
done
shift
cd /
exec "$@"`;

/** A command line that starts a jail, and what it can be given to mount. */
export interface StagedMounts {
  readonly commandPrefix: readonly string[];
  readonly mounts: readonly JailMount[];
  /** Where the devices are. */
  readonly deviceFolder: string;
}

/** Whether this process may make a stage, by making one: it takes CAP_SYS_ADMIN and CAP_MKNOD. */
export function canStage(): boolean {
  const [command, ...rest] = [...stageMounts([]).commandPrefix, 'true'];
  try {
    execFileSync(command, rest, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts the sources of mounts on a stage of their own, under names that tell programs nothing of the host. nsjail mounts
 * as the jail's own root, an ordinary user of the host, to whom a path below a folder such as /root (0700) would be closed.
 */
export function stageMounts(mounts: readonly JailMount[]): StagedMounts {
  const sources = mounts.map(({ source }) => source);
  const stage = STAGES.find((folder) => !sources.some((source) => source.startsWith(`${folder}/`))) ?? '/mnt';
  const places = mounts.flatMap(({ source, content }) =>
    content === undefined ? ['folder', source] : ['content', content],
  );
  const devices = Object.entries(DEVICES).flatMap(([name, minor]) => [name, String(minor)]);
  return {
    commandPrefix: [...OWN_NAMESPACE, 'sh', '-c', SCRIPT, 'sh', stage, ...devices, '--', ...places, '--'],
    mounts: mounts.map(({ target }, index) => ({ source: `${stage}/${index}`, target })),
    deviceFolder: `${stage}/dev`,
  };
}

/** The same without a stage. @throws StartupError when a jail's root could not reach one of the sources. */
export function plainMounts(mounts: readonly JailMount[], isOpen = isOpenToAll): StagedMounts {
  const closed = mounts.find(({ source }) => !isOpen(source));
  if (closed !== undefined) {
    throw new StartupError(
      `${closed.source} lies in a folder that is closed to others, where only CAP_SYS_ADMIN could mount it for a jail`,
    );
  }
  return { commandPrefix: [], mounts, deviceFolder: '/dev' };
}

function isOpenToAll(path: string): boolean {
  const status = statSync(path);
  const needed = status.isDirectory() ? 0o005 : 0o004;
  if ((status.mode & needed) !== needed) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
