import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Redis } from 'ioredis';
import { descendants, descriptors, orphanedGroups, residentBytes, tasks } from '../leaks/inventory';
import { commandOf, jailsOf, mounts } from '../support/jails';
import { type Service } from '../support/service';

const MEBIBYTE = 1024 * 1024;
/** Of proc(5)'s times, which Linux gives in hundredths of a second to all programs. */
const TICKS_PER_SECOND = 100;

/** What a service takes at one moment. Memory in MiB. */
export interface Sample {
  readonly node: number;
  readonly redis: number;
  /** All other processes together: nsjail, the fork servers, programs. */
  readonly jails: number;
  readonly processes: number;
  readonly threads: number;
  /** Descriptors of the Node process. */
  readonly descriptors: number;
  /** Descriptors of all processes together. */
  readonly allDescriptors: number;
  /** Mounts that this machine sees. */
  readonly mounts: number;
  /** Those of the jails that are up, and those that were left. */
  readonly groups: number;
  readonly keys: number;
  /** What Redis says that it uses. */
  readonly data: number;
  /** Files in `DATA_DIR`. */
  readonly files: number;
}

export async function takeSample(service: Service, commands: Redis): Promise<Sample> {
  const all = descendants(service.pid);
  const servers = all.filter((pid) => commandOf(pid) === 'redis-server');
  const others = all.filter((pid) => pid !== service.pid && !servers.includes(pid));
  const info = await commands.info('memory');
  return {
    node: residentMebibytes([service.pid]),
    redis: residentMebibytes(servers),
    jails: residentMebibytes(others),
    processes: all.length,
    threads: all.flatMap(tasks).length,
    descriptors: descriptors(service.pid).length,
    allDescriptors: all.flatMap(descriptors).length,
    mounts: mounts().length,
    groups: new Set([...jailsOf(service).flatMap(({ groups }) => groups), ...orphanedGroups()]).size,
    keys: await commands.dbsize(),
    data: Number(/^used_memory:(\d+)/m.exec(info)?.[1]) / MEBIBYTE,
    files: readdirSync(service.dataDir, { recursive: true }).length,
  };
}

/** Seconds of processor time that a service and its children have taken so far, those that have ended included. */
export function processorSeconds(service: Service): number {
  const ticks = descendants(service.pid).flatMap((pid) => {
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ');
    return fields.slice(11, 15).map(Number);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** Where the service's own Redis listens. */
export function socketOf(service: Service, temporaryPath: string): string {
  return join(temporaryPath, read(join(service.dataDir, 'redis/socket-folder')).trim(), 'redis.sock');
}

const residentMebibytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (residentBytes(pid) || 0), 0) / MEBIBYTE;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
