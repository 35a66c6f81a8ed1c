/** A program and its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Exit code of the command when another process holds the lock of the data directory. */
export const EXIT_DATA_DIR_IN_USE = 75;
/** Exit code of `setpriv` when the program it should become does not exist. */
export const EXIT_PROGRAM_MISSING = 127;

/** A dying predecessor may still write its last commands: seconds to wait for the lock it holds. */
const LOCK_WAIT_SECONDS = 5;

/**
 * The command that becomes a Redis server on a private socket. It holds a lock on its data as long as it lives, and
 * ends when the thread that started it ends, however that happens.
 */
export function redisServerCommand(dataDir: string, socketPath: string): Command {
  const lock = ['--no-fork', '-w', `${LOCK_WAIT_SECONDS}`, '-E', `${EXIT_DATA_DIR_IN_USE}`, `${dataDir}/lock`];
  const tieToParent = ['setpriv', '--pdeathsig', 'TERM'];
  return { file: 'flock', args: [...lock, ...tieToParent, 'redis-server', ...serverOptions(dataDir, socketPath)] };
}

function serverOptions(dataDir: string, socketPath: string): string[] {
  const options = {
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '700',
    dir: dataDir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // A job that Redis dropped to make room would leave its caller waiting.
    'maxmemory-policy': 'noeviction',
    loglevel: 'warning',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}
