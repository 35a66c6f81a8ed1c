import { docker } from './composition';

const PROJECT = process.env.COMPOSE_PROJECT_NAME ?? '';
/** What docker-compose.yml gives a worker, as options of `docker run`. */
const GIVEN = {
  user: ['--user', '0:0'],
  setuid: ['--cap-add', 'SETUID'],
  setgid: ['--cap-add', 'SETGID'],
  seccomp: ['--security-opt', 'seccomp=deploy/container/seccomp.json'],
  systempaths: ['--security-opt', 'systempaths=unconfined'],
};
const REST = [
  '--rm',
  '--read-only',
  '--tmpfs',
  '/tmp',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges:true',
];
const PATIENCE_MS = 120_000;

/** Starts a worker that lacks one of them, and waits for its end. */
async function startWithout(missing: keyof typeof GIVEN): ReturnType<typeof docker> {
  const given = Object.entries(GIVEN).flatMap(([name, options]) => (name === missing ? [] : options));
  const service = ['--network', `${PROJECT}_inside`, '--env', 'ROLE=worker', '--env', 'REDIS_URL=redis://redis:6379'];
  return docker('run', ...REST, ...given, ...service, process.env.IMAGE ?? '');
}

describe('a worker does not start without', () => {
  it.each<[keyof typeof GIVEN, RegExp]>([
    ['user', /gid_map|uid_map/],
    ['setuid', /setpriv: setresuid failed/],
    ['setgid', /setpriv: setresgid failed/],
    ['seccomp', /clone\(.*\) failed: Operation not permitted/],
    ['systempaths', /Failed to mount mandatory point: '\/proc'/],
  ])(
    '%s',
    async (missing, reason) => {
      const { exitCode, output } = await startWithout(missing);
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(reason);
    },
    PATIENCE_MS,
  );
});
