/** Where the fork server stands inside a jail. */
export const FORK_SERVER_FOLDER = '/srv/forkserver';
/** Inside the jail's user namespace: the server, which prepares jobs, and the jobs. */
const SERVER_UID = 0;
export const JOB_UID = 1000;
/** Some of them to give up the others with, see `forkserver/powers.py`. */
const SERVER_CAPABILITIES = ['CHOWN', 'KILL', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_ADMIN', 'SYS_RESOURCE'];
/** The devices of a jail, and their minor numbers; all have major 1 (the kernel's devices.txt). */
export const DEVICES = { null: 3, zero: 5, full: 7, random: 8, urandom: 9 };
const DEVICE_LINKS = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
};

/** Something of the host that a jail sees, read-only. */
export interface JailMount {
  readonly source: string;
  readonly target: string;
  /** What is seen of a file in place of what it says, where a stage can be made. */
  readonly content?: string;
}

/** What a fork server is told at its start; the names are those of `forkserver/settings.py`. */
export interface ForkServerSettings {
  readonly preload: readonly string[];
  readonly control_fd: number;
  readonly program_fd: number;
  readonly job_uid: number;
  readonly output_bytes: number;
  readonly tmp_bytes: number;
  readonly processes: number;
  readonly data_bytes: number;
}

/** Everything that makes one jail what it is. */
export interface NsjailPlan {
  readonly mounts: readonly JailMount[];
  /** Where the devices are. */
  readonly deviceFolder: string;
  /** `[target, name]`: a symbolic link `name` to `target`. */
  readonly links: readonly (readonly [string, string])[];
  /** The Python inside the jail. */
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cgroupArguments: readonly string[];
  /** The host's user and group ids that the jail's server and jobs have outside. */
  readonly hostUids: { readonly server: number; readonly job: number };
  readonly settings: ForkServerSettings;
}

/** nsjail's command line (nsjail --help) for one jail, without the program's own name. */
export function buildNsjailArguments(plan: NsjailPlan): string[] {
  const { server, job } = plan.hostUids;
  return [
    ...['--mode', 'o', '--quiet', '--time_limit', '0', '--hostname', 'sandbox', '--nice_level', '0'],
    ...['--iface_no_lo', '--disable_proc'],
    // The server needs some of its namespace's powers to make a jail a job's own; jobs lose them all.
    ...SERVER_CAPABILITIES.flatMap((name) => ['--cap', `CAP_${name}`]),
    ...['user', 'group'].flatMap((kind) => [
      ...[`--${kind}`, `${SERVER_UID}:${server}:1`],
      ...[`--${kind}`, `${JOB_UID}:${job}:1`],
    ]),
    // The server sets its jobs' limits itself; nsjail's defaults would be in its way.
    ...['--rlimit_core', 'hard'],
    ...['as', 'cpu', 'fsize', 'nofile', 'nproc'].flatMap((limit) => [`--rlimit_${limit}`, 'max']),
    ...plan.mounts.flatMap(({ source, target }) => ['--bindmount_ro', `${source}:${target}`]),
    // Read-only: they can be written to as ever, but their dates and modes are no job's to change.
    ...Object.keys(DEVICES).flatMap((name) => ['--bindmount_ro', `${plan.deviceFolder}/${name}:/dev/${name}`]),
    // Processes only, and each user sees its own (proc(5)): the rest of /proc speaks of the machine.
    ...['--mount', 'none:/proc:proc:subset=pid,hidepid=2'],
    // What a job gets its own tmpfs mounted over.
    ...['/tmp', '/dev/shm'].flatMap((target) => ['--mount', `none:${target}:tmpfs:size=4096`]),
    ...plan.links.flatMap(([target, name]) => ['--symlink', `${target}:${name}`]),
    ...Object.entries(DEVICE_LINKS).flatMap(([name, target]) => ['--symlink', `${target}:/dev/${name}`]),
    ...Object.entries(plan.environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...[plan.settings.control_fd, plan.settings.program_fd].flatMap((descriptor) => ['--pass_fd', String(descriptor)]),
    ...plan.cgroupArguments,
    ...['--', plan.python, '-B', '-X', 'utf8', `${FORK_SERVER_FOLDER}/__main__.py`, JSON.stringify(plan.settings)],
  ];
}
