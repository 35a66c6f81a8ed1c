import { buildNsjailArguments, FORK_SERVER_FOLDER, type ForkServerSettings, type NsjailPlan } from './nsjail.arguments';

const SETTINGS: ForkServerSettings = {
  preload: ['numpy'],
  control_fd: 3,
  program_fd: 4,
  job_uid: 1000,
  output_bytes: 1,
  tmp_bytes: 2,
  processes: 3,
  data_bytes: 4,
};

const PLAN: NsjailPlan = {
  mounts: [
    { source: '/usr/lib', target: '/usr/lib' },
    { source: '/mnt/0', target: '/srv/x' },
  ],
  deviceFolder: '/mnt/dev',
  links: [['usr/bin', '/bin']],
  python: '/opt/python/bin/python3',
  environment: { HOME: '/tmp', LANG: 'C.UTF-8' },
  cgroupArguments: ['--cgroup_mem_max', '99'],
  hostUids: { server: 100_006, job: 100_007 },
  settings: SETTINGS,
};

const given = buildNsjailArguments(PLAN);
const separator = given.indexOf('--');
const options = given.slice(0, separator);

/** The values that an option is given, in order. */
function valuesOf(option: string): (string | undefined)[] {
  return options.flatMap((argument, index) => (argument === option ? [options[index + 1]] : []));
}

describe(buildNsjailArguments.name, () => {
  it('starts the fork server with its settings', () => {
    const [python, ...rest] = given.slice(separator + 1);
    expect(python).toBe('/opt/python/bin/python3');
    expect(rest.slice(0, -2)).toEqual(['-B', '-X', 'utf8']);
    expect(rest.at(-2)).toBe(`${FORK_SERVER_FOLDER}/__main__.py`);
    expect(JSON.parse(rest.at(-1) ?? '')).toEqual(SETTINGS);
  });

  it('maps the server and the jobs to ids of their own, none of them root outside', () => {
    expect(valuesOf('--user')).toEqual(['0:100006:1', '1000:100007:1']);
    expect(valuesOf('--group')).toEqual(['0:100006:1', '1000:100007:1']);
  });

  it('shows the host, and harmless devices, read-only', () => {
    expect(valuesOf('--bindmount_ro')).toEqual([
      ...['/usr/lib:/usr/lib', '/mnt/0:/srv/x', '/mnt/dev/null:/dev/null', '/mnt/dev/zero:/dev/zero'],
      ...['/mnt/dev/full:/dev/full', '/mnt/dev/random:/dev/random', '/mnt/dev/urandom:/dev/urandom'],
    ]);
    expect(valuesOf('--bindmount')).toEqual([]);
  });

  it('mounts a /proc that shows each user its own processes and nothing else', () => {
    expect(options).toContain('--disable_proc');
    expect(valuesOf('--mount')).toContain('none:/proc:proc:subset=pid,hidepid=2');
  });

  it('mounts /tmp and /dev/shm for jobs to mount theirs over', () => {
    expect(valuesOf('--mount').slice(1)).toEqual(['none:/tmp:tmpfs:size=4096', 'none:/dev/shm:tmpfs:size=4096']);
  });

  it('leaves the server what it needs to prepare jobs, and to give the rest up', () => {
    expect(valuesOf('--cap')).toEqual([
      ...['CAP_CHOWN', 'CAP_KILL', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_SETUID', 'CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE'],
    ]);
    expect(options).not.toContain('--keep_caps');
  });

  it('makes the links of the system and of /dev', () => {
    expect(valuesOf('--symlink')).toEqual([
      'usr/bin:/bin',
      '/proc/self/fd:/dev/fd',
      '/proc/self/fd/0:/dev/stdin',
      '/proc/self/fd/1:/dev/stdout',
      '/proc/self/fd/2:/dev/stderr',
    ]);
  });

  it('hands in the two sockets and the environment, and nothing else', () => {
    expect(valuesOf('--pass_fd')).toEqual(['3', '4']);
    expect(valuesOf('--env')).toEqual(['HOME=/tmp', 'LANG=C.UTF-8']);
    expect(options).not.toContain('--keep_env');
  });

  it('puts the jail into its control group', () => {
    expect(valuesOf('--cgroup_mem_max')).toEqual(['99']);
  });

  it('leaves no namespace out, and the network down', () => {
    expect(options.filter((option) => option.startsWith('--disable_clone_'))).toEqual([]);
    expect(options).toContain('--iface_no_lo');
  });

  it('sets no time limit: a jail lives as long as its slot', () => {
    expect(valuesOf('--time_limit')).toEqual(['0']);
  });
});
