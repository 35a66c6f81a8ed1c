import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from './support/eventually';
import { groupsOf, isRunning, jailsOf, mounts, type RunningJail, untilWaiting, waitingProgram } from './support/jails';
import { type Answer, FailedStart, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const INTERNAL = '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}';
const DEFAULT_PYTHON = resolve(__dirname, '../python-runtime/.venv/bin/python3');
const ENDLESS = 'while True: pass';

const resultOf = ({ text, json }: Answer): unknown => {
  if (json.code !== 200) throw new Error(text);
  return json.response.result;
};

describe('a jail that dies', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ WORKER_CONCURRENCY: '1' });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  const victims: [string, (jail: RunningJail) => number][] = [
    ['nsjail', ({ nsjail }) => nsjail],
    ['the fork server', ({ server }) => server],
  ];

  describe.each(victims)('because %s is killed', (_what, victimOf) => {
    it('costs its program a second run, in another jail, and nothing else', async () => {
      const answer = service.run(waitingProgram('once'));
      const first = await untilWaiting(service, 'once');
      process.kill(victimOf(first), 'SIGKILL');
      await eventually('the first run is gone', () => !isRunning(first.job));
      const second = await untilWaiting(service, 'once');
      expect(second.server).not.toBe(first.server);
      process.kill(second.job, 'SIGUSR1');
      expect(resultOf(await answer)).toBe('once');
      expect((await answer).json.pid).toBe(second.job);
      expect(resultOf(await service.run('1 + 1'))).toBe(2);
    });

    it('under the same program twice is our own fault, and the next one is served', async () => {
      const answer = service.run(waitingProgram('twice'));
      const first = await untilWaiting(service, 'twice');
      process.kill(victimOf(first), 'SIGKILL');
      await eventually('the first run is gone', () => !isRunning(first.job));
      process.kill(victimOf(await untilWaiting(service, 'twice')), 'SIGKILL');
      const { status, text } = await answer;
      expect([status, text]).toEqual([500, INTERNAL]);
      expect(resultOf(await service.run('1 + 1'))).toBe(2);
    });

    it('while it waits is noticed by nobody', async () => {
      await service.run('1');
      const jails = jailsOf(service);
      jails.forEach((jail) => process.kill(victimOf(jail), 'SIGKILL'));
      expect(resultOf(await service.run('1 + 1'))).toBe(2);
    });

    it('leaves no process and no control group', async () => {
      await service.run('1');
      const jails = jailsOf(service);
      expect(jails.length).toBeGreaterThan(0);
      jails.forEach((jail) => process.kill(victimOf(jail), 'SIGKILL'));
      await eventually(
        'its processes are gone',
        () => !jails.some(({ nsjail, server }) => [nsjail, server].some(isRunning)),
      );
      await eventually('its control groups are gone', () => groupsOf(jails).length === 0);
    });
  });
});

describe('a hostile program', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      WORKER_CONCURRENCY: '1',
      SANDBOX_MEMORY_MB: '64',
      SANDBOX_PIDS: '16',
      SANDBOX_OUTPUT_KB: '16',
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it.each([
    ['fills the memory', 'held = bytearray(10**9)\nheld[::4096] = held[::4096]', 'Memory limit of 64 MiB exceeded'],
    ['fills it by pieces', 'held = []\nwhile True: held.append(bytearray(10**6))', 'Memory limit of 64 MiB exceeded'],
    [
      'fills it with children',
      `import os
for _ in range(8):
  if os.fork() == 0:
    held = bytearray(b'x') * (30 * 2**20)
    os._exit(len(held) & 0)
if any(os.wait()[1] for _ in range(8)): raise SystemExit(1)`,
      'Memory limit of 64 MiB exceeded',
    ],
    [
      'fills its file system in memory',
      `for n in range(200):
  open(f'/dev/shm/{n}', 'wb').write(bytes(2**20))`,
      /Memory limit of 64 MiB exceeded|No space left on device/,
    ],
    ['forks without end', 'import os\nwhile True: os.fork()', 'Process limit of 16 exceeded'],
    [
      'forks without end and hides its errors',
      'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass',
      'Execution timed out after 1 seconds',
    ],
    [
      'starts threads without end',
      'import threading\nwhile True: threading.Thread(target=threading.Event().wait, daemon=True).start()',
      'Process limit of 16 exceeded',
    ],
    ['writes without end', 'while True: print("x" * 1000)', 'Output limit of 16 KiB exceeded'],
    [
      'writes to stderr without end',
      'import os\nwhile True: os.write(2, b"x" * 65536)',
      'Output limit of 16 KiB exceeded',
    ],
    ['returns without end', '"x" * 100_000', 'Output limit of 16 KiB exceeded'],
    ['runs without end', ENDLESS, 'Execution timed out after 1 seconds'],
    [
      'stops itself and all its children',
      'import os, signal\nos.fork()\nos.fork()\nos.kill(os.getpid(), signal.SIGSTOP)',
      'Execution timed out after 1 seconds',
    ],
    [
      'kills all that it can',
      'import os\nif os.fork() == 0:\n  while True: pass\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)',
      'Process killed by signal 9 (SIGKILL)',
    ],
  ])('that %s is told so, and the next one on its slot is served', async (_what, code, message) => {
    const [hostile, honest] = await Promise.all([
      service.call({ code, timeout: 1 }),
      service.run('import os\nreturn os.listdir("/tmp"), sum(name.isdigit() for name in os.listdir("/proc"))'),
    ]);
    const { error } = hostile.json as { error: string };
    if (typeof message === 'string') expect(error).toBe(message);
    else expect(error).toMatch(message);
    expect(resultOf(honest)).toEqual([[], 1]);
  });

  it('has not cost the service its jail', async () => {
    const jails = jailsOf(service);
    await service.call({ code: 'import os\nwhile True: os.fork()', timeout: 1 });
    await service.call({ code: 'held = bytearray(10**9)', timeout: 1 });
    expect(jailsOf(service)).toEqual(jails);
  });
});

describe('SANDBOX_JOBS_PER_JAIL', () => {
  const WHICH_JAIL = 'import os\nreturn os.stat("/").st_ctime_ns, os.getpid()';

  it.each([
    // The service's own trial program at start is the first in its jail.
    [1, [1, 1, 1, 1, 1]],
    [3, [2, 3, 2]],
  ])('%d: jails are replaced after so many programs', async (jobsPerJail, expected) => {
    await using service = await Service.start({
      WORKER_CONCURRENCY: '1',
      SANDBOX_JOBS_PER_JAIL: `${jobsPerJail}`,
    });
    const runs: { jail: string; pids: number[] }[] = [];
    const total = expected.reduce((sum, count) => sum + count);
    for (let job = 0; job < total; job++) {
      const [jail, pid] = resultOf(await service.run(WHICH_JAIL)) as [string, number];
      if (runs.at(-1)?.jail !== jail) runs.push({ jail, pids: [] });
      runs.at(-1)!.pids.push(pid);
    }
    expect(runs.map(({ pids }) => pids.length)).toEqual(expected);
    // A jail's first program has always the same number there.
    const [, second] = runs;
    for (const { pids } of runs.slice(1, -1)) expect(pids).toEqual(second!.pids);
    await eventually('worn jails are gone', () => jailsOf(service).length === 1);
  });

  it('1: a job that is still running when the time to stop is over does not outlive the service', async () => {
    await using service = await Service.start({
      WORKER_CONCURRENCY: '1',
      SANDBOX_JOBS_PER_JAIL: '1',
      SHUTDOWN_GRACE_SECONDS: '0',
    });
    const answer = service.call({ code: waitingProgram('worn'), timeout: 300 });
    const { job } = await untilWaiting(service, 'worn');
    const jails = jailsOf(service);
    expect(await service.stop()).toBe(0);
    expect((await answer).status).toBe(503);
    await eventually('it is gone', () => !isRunning(job) && groupsOf(jails).length === 0);
  });
});

describe('PYTHON_BIN', () => {
  const PYENV = '/root/.pyenv/versions';
  const candidates = [
    ...(existsSync(PYENV) ? readdirSync(PYENV).map((version) => join(PYENV, version, 'bin/python3')) : []),
    ...['3.11', '3.12', '3.13'].flatMap((version) => [`/usr/bin/python${version}`, `/usr/local/bin/python${version}`]),
  ].filter((path) => /3\.1[123]/.test(path) && existsSync(path));
  const interpreters = [DEFAULT_PYTHON, ...candidates];

  it.each(interpreters)('%s runs programs', async (python) => {
    await using service = await Service.start({ PYTHON_BIN: python, WORKER_CONCURRENCY: '1' });
    const version = resultOf(await service.run('import sys\n"%d.%d" % sys.version_info[:2]')) as string;
    console.log(`${python}: Python ${version}`);
    expect(version).toMatch(/^3\.1[123]$/);
    if (python !== DEFAULT_PYTHON) expect(python).toContain(version);
    const tour = await service.run(`import asyncio, json, sqlite3, ssl, zlib, hashlib, decimal, subprocess, sys
class Point:
    pass
async def later():
    return Point.__module__
print(subprocess.run([sys.executable, '-c', 'print("child")'], capture_output=True, text=True).stdout, end='')
return asyncio.run(later())`);
    expect(tour.json.response).toEqual({ result: '__main__', stdout: 'child\n', stderr: '', exit_code: 0 });
    const failure = await service.run('def f():\n    return 1 / 0\nf()');
    expect(failure.json.error).toMatch(/^Traceback .*\n {2}File "<code>", line 3, in <module>\n/);
    expect(failure.json.error).toMatch(/ZeroDivisionError: division by zero$/);
  });

  it.each([
    ['is no Python', '/bin/false', /PYTHON_BIN is no Python/],
    ['is not there', '/nonexistent/python3', /PYTHON_BIN is no Python/],
    ['is a folder', '/usr', /PYTHON_BIN is no Python/],
  ])('that %s stops the start with a reason', async (_what, python, reason) => {
    const failure: unknown = await Service.start({ PYTHON_BIN: python }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FailedStart);
    const { exitCode, stderr } = failure as FailedStart;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain(python);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('that is too old stops the start with a reason', async () => {
    using directory = new TemporaryDirectory();
    const python = join(directory.path, 'python3');
    writeFileSync(
      python,
      `#!/bin/sh
exec "${DEFAULT_PYTHON}" -c 'import sys; sys.version_info = (3, 10, 4); sys.argv = sys.argv[1:]
__file__ = sys.argv[0]
exec(open(__file__).read())' "$2" "$3"`,
    );
    chmodSync(python, 0o755);
    await expect(Service.start({ PYTHON_BIN: python })).rejects.toThrow(/Python 3\.10\.4; it must be 3\.11 or newer/);
  });
});

describe('PYTHON_PRELOAD', () => {
  // What stands in `sys.modules` before the program's first import of it.
  const loaded = (imports: string): string => `import sys
before = ['numpy' in sys.modules, 'pandas' in sys.modules]
${imports}
return before`;

  it('lets programs find the modules of their set imported, and no others', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    for (const [imports, expected] of [
      ['', [false, false]],
      ['import numpy', [true, false]],
      ['from numpy import array', [true, false]],
      ['import pandas as pd', [true, true]],
      ['import numpy, pandas', [true, true]],
      ['pass', [false, false]],
    ] as const) {
      expect([imports, resultOf(await service.run(loaded(imports)))]).toEqual([imports, expected]);
    }
  });

  it.each([
    ['empty', ''],
    ['of a module that is not there', 'numpy,no_such_module'],
  ])('%s does no harm', async (_what, sets) => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1', PYTHON_PRELOAD: sets });
    expect(resultOf(await service.run(loaded('import numpy')))).toEqual([sets !== '', false]);
    expect((await service.run('import no_such_module')).json.error).toMatch(
      /ModuleNotFoundError: No module named 'no_such_module'$/,
    );
  });
});

describe('the end of the service', () => {
  it.each([
    ['SIGTERM', 'idle'],
    ['SIGTERM', 'endless'],
    ['SIGKILL', 'idle'],
    ['SIGKILL', 'endless'],
  ] as const)('by %s with %s jails leaves no process, control group or mount', async (signal, state) => {
    const mountedBefore = new Set(mounts());
    await using service = await Service.start({ WORKER_CONCURRENCY: '2', SHUTDOWN_GRACE_SECONDS: '0' });
    await service.run('import numpy');
    const endless =
      state === 'idle' ? [] : [service.call({ code: waitingProgram('endless'), timeout: 300 }).catch(() => undefined)];
    if (state === 'endless') await untilWaiting(service, 'endless');
    const jails = jailsOf(service);
    expect(jails.length).toBeGreaterThanOrEqual(3);
    service.signal(signal);
    await service.ended();
    await Promise.all(endless);
    await eventually(
      'their processes are gone',
      () => !jails.some(({ nsjail, server }) => [nsjail, server].some(isRunning)),
    );
    await eventually('their control groups are gone', () => groupsOf(jails).length === 0);
    expect(mounts().filter((mount) => !mountedBefore.has(mount))).toEqual([]);
  });
});
