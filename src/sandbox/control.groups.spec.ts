import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { ControlGroups } from './control.groups';

const LIMITS = { memoryBytes: 1_000, processes: 65, cpus: 0.5 };
const PID = 4711;
const MEBIBYTE = 1024 * 1024;

const COMMON = { 'pids.events': 'max 0\n', 'cgroup.procs': '' };
const V1_FILES = {
  ...COMMON,
  'memory.stat': 'cache 9000\nrss 5000\nrss_huge 7\ntotal_rss 12\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
  'memory.usage_in_bytes': '14000\n',
};
const V2_FILES = {
  ...COMMON,
  'memory.stat': 'anon 5000\nfile 9000\nanon_thp 7\n',
  'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n',
  'memory.current': '14000\n',
};

const v1Limits = (memory: number): Record<string, string> => ({
  'memory.limit_in_bytes': `${memory}`,
  'memory.memsw.limit_in_bytes': `${memory}`,
  'cpu.cfs_period_us': '100000',
  'cpu.cfs_quota_us': '50000',
});
const v2Limits = (memory: number): Record<string, string> => ({
  'memory.max': `${memory}`,
  'memory.swap.max': '0',
  'cpu.max': '50000 100000',
});

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

function makeVersion1(root: string, controllers = ['memory', 'pids', 'cpu']): void {
  for (const controller of controllers) write(join(root, controller, 'NSJAIL'), { 'cgroup.procs': '' });
}

const ALL_CONTROLLERS = 'cpuset cpu io memory pids';

/** A group with process 12 and this one in it, and no type: the root of all. */
function makeVersion2(group: string, controllers = ALL_CONTROLLERS): void {
  write(group, {
    'cgroup.controllers': `${controllers}\n`,
    'cgroup.procs': `12\n${process.pid}\n`,
    'cgroup.subtree_control': '',
  });
}

/** Nothing can be handed on in it until there is a group `service`. */
function makeBusy(group: string): void {
  write(group, { 'cgroup.type': 'domain\n' });
  rmSync(join(group, 'cgroup.subtree_control'));
  symlinkSync('service/handed-on', join(group, 'cgroup.subtree_control'));
}

describe(ControlGroups.name, () => {
  let directory: TemporaryDirectory;
  let root: string;

  beforeEach(() => {
    directory = new TemporaryDirectory();
    root = directory.path;
  });

  afterEach(() => {
    directory[Symbol.dispose]();
  });

  /** Looks below `root`; by default this process is in the group at the top. */
  function detect(path = '/', isDelegated = (): boolean => false): ControlGroups {
    const membership = join(directory.path, 'membership');
    writeFileSync(membership, `1:name=systemd:/elsewhere\n0::${path}\n`);
    return ControlGroups.detect({ root, membership, isDelegated });
  }

  const handedOn = (group: string): string => read(group, 'cgroup.subtree_control');

  describe('detect', () => {
    it('finds version 1', () => {
      makeVersion1(root);
      expect(detect()).toMatchObject({ version: 1, problem: null });
    });

    it('finds version 2 and hands its controllers on', () => {
      makeVersion2(root);
      expect(detect()).toMatchObject({ version: 2, problem: null });
      for (const group of [root, join(root, 'NSJAIL')]) expect(handedOn(group)).toBe('+memory +pids +cpu');
      expect(existsSync(join(root, 'service'))).toBe(false);
    });

    it('makes room where the service stands in the group itself', () => {
      makeVersion2(root);
      makeBusy(root);
      expect(detect().version).toBe(2);
      expect(read(join(root, 'service'), 'cgroup.procs')).toBe(`${process.pid}`);
    });

    it('moves nothing out of the root of all', () => {
      makeVersion2(root);
      makeBusy(root);
      rmSync(join(root, 'cgroup.type'));
      expect(detect().version).toBeNull();
      expect(existsSync(join(root, 'service'))).toBe(false);
    });

    it('finds none in a group that lies outside of what is mounted', () => {
      makeVersion2(root);
      writeFileSync(join(root, 'cgroup.procs'), '12\n');
      expect(detect('/../other')).toMatchObject({
        version: null,
        problem: `${root} does not show the group that this process is in`,
      });
    });

    it('takes the group that is all of what is mounted', () => {
      makeVersion2(root);
      expect(detect('/docker/0123').version).toBe(2);
      expect(existsSync(join(root, 'NSJAIL'))).toBe(true);
    });

    describe('in a group below the top', () => {
      const makeTree = (path: string): string => {
        const own = join(root, path);
        makeVersion2(root);
        writeFileSync(join(root, 'cgroup.procs'), '1\n');
        makeVersion2(own);
        makeBusy(own);
        return own;
      };
      const placeOf = (groups: ControlGroups): string | undefined => groups.arguments(LIMITS)[2];

      it.each([
        ['of a unit that is its own', '/system.slice/python.service', true],
        ['of somebody’s own making', '/apps/python', false],
      ])('uses one %s', (_what, path, isDelegated) => {
        const own = makeTree(path);
        expect(placeOf(detect(path, () => isDelegated))).toBe(join(own, 'NSJAIL'));
        expect(read(join(own, 'service'), 'cgroup.procs')).toBe(`${process.pid}`);
        expect(handedOn(root)).toBe('');
        expect(existsSync(join(root, 'NSJAIL'))).toBe(false);
      });

      it('uses it again after a start that has moved the service', () => {
        const own = makeTree('/apps/python');
        detect('/apps/python');
        writeFileSync(join(own, 'cgroup.procs'), '');
        expect(placeOf(detect('/apps/python/service'))).toBe(join(own, 'NSJAIL'));
        expect(existsSync(join(own, 'service/service'))).toBe(false);
      });

      it('takes a group named service for what it is where none was made by it', () => {
        const own = makeTree('/apps/service');
        expect(placeOf(detect('/apps/service'))).toBe(join(own, 'NSJAIL'));
      });

      it.each(['/system.slice/ssh.service', '/user.slice/user-0.slice/session-3.scope'])(
        'leaves %s alone, which is systemd’s, and adds a group at the top',
        (path) => {
          const own = makeTree(path);
          expect(placeOf(detect(path))).toBe(join(root, 'NSJAIL'));
          expect(existsSync(join(own, 'service'))).toBe(false);
          expect(existsSync(join(root, 'service'))).toBe(false);
        },
      );

      it('moves nothing where it lacks controllers', () => {
        const own = makeTree('/apps/python');
        writeFileSync(join(own, 'cgroup.controllers'), 'memory pids\n');
        expect(placeOf(detect('/apps/python'))).toBe(join(root, 'NSJAIL'));
        expect(existsSync(join(own, 'service'))).toBe(false);
      });

      it('says what stands against each of the two', () => {
        const own = makeTree('/system.slice/ssh.service');
        writeFileSync(join(root, 'cgroup.controllers'), 'memory\n');
        const { version, problem } = detect('/system.slice/ssh.service');
        expect(version).toBeNull();
        expect(problem).toBe(`${own} is systemd's: its unit has no Delegate=yes; ${root} has no pids, cpu controller`);
      });
    });

    it.each<[string, RegExp, () => void]>([
      ['there is nothing', /^ENOENT: .*memory/, () => undefined],
      ['version 1 lacks a controller', /^ENOENT: .*pids/, () => makeVersion1(root, ['memory', 'cpu'])],
      [
        'a controller of version 1 is no folder',
        /^ENOTDIR: .*pids/,
        () => {
          makeVersion1(root, ['memory', 'cpu']);
          writeFileSync(join(root, 'pids'), '');
        },
      ],
      ['version 2 lacks controllers', /has no pids controller$/, () => makeVersion2(root, 'cpuset cpu memory')],
      [
        'version 2 hands nothing on',
        /cgroup.subtree_control cannot be written: EISDIR/,
        () => {
          makeVersion2(root);
          rmSync(join(root, 'cgroup.subtree_control'));
          mkdirSync(join(root, 'cgroup.subtree_control'));
        },
      ],
    ])('finds none where %s, and says so', (_what, problem, prepare) => {
      prepare();
      const groups = detect();
      expect(groups).toMatchObject({ version: null, problem: expect.stringMatching(problem) as unknown });
      expect(groups.arguments(LIMITS)).toEqual([]);
      expect(groups.open(PID)).toBeNull();
    });

    it('makes no folder for a controller of version 1 that is not there', () => {
      detect();
      expect(existsSync(join(root, 'memory'))).toBe(false);
    });

    it('makes no folders of version 1 in version 2', () => {
      makeVersion2(root, 'cpuset');
      detect();
      expect(existsSync(join(root, 'memory'))).toBe(false);
    });

    it('leaves nothing of its trial behind', () => {
      makeVersion1(root);
      detect();
      expect(existsSync(join(root, 'memory/NSJAIL', `probe.${process.pid}`))).toBe(false);
    });
  });

  describe('arguments', () => {
    const limits = ['--cgroup_mem_max', '1000', '--cgroup_pids_max', '65', '--cgroup_cpu_ms_per_sec', '500'];

    it('gives the limits in version 1', () => {
      makeVersion1(root);
      expect(detect().arguments(LIMITS)).toEqual(limits);
    });

    it('names the version and the place too in version 2', () => {
      makeVersion2(root);
      expect(detect().arguments(LIMITS)).toEqual([
        '--use_cgroupv2',
        '--cgroupv2_mount',
        join(root, 'NSJAIL'),
        ...limits,
      ]);
    });
  });

  const folders1 = (): string[] => ['memory', 'pids', 'cpu'].map((name) => join(root, name, `NSJAIL/NSJAIL.${PID}`));
  const folders2 = (): string[] => [join(root, `NSJAIL/NSJAIL.${PID}`)];

  describe.each([
    { version: 1, make: makeVersion1, folders: folders1, files: V1_FILES, limits: v1Limits },
    { version: 2, make: makeVersion2, folders: folders2, files: V2_FILES, limits: v2Limits },
  ])('the group of a jail in version $version', ({ make, folders, files, limits }) => {
    const limitFiles = Object.keys(limits(0));
    /** A file that has another name in each version. */
    const readAny = (...names: string[]): string => {
      const paths = folders().flatMap((folder) => names.map((name) => join(folder, name)));
      return readFileSync(paths.find((path) => existsSync(path)) ?? '', 'utf8');
    };

    beforeEach(() => {
      make(root);
      folders().forEach((folder) => {
        write(folder, files);
      });
    });

    it('gives programs their memory beside what the idle jail has, no swap, and their share of the processors', () => {
      const group = detect().open(PID);
      group?.settle({ memoryBytes: 100 * MEBIBYTE, cpus: 0.5 });
      const settled = folders().flatMap((folder) =>
        limitFiles.filter((name) => existsSync(join(folder, name))).map((name) => [name, read(folder, name)]),
      );
      expect(Object.fromEntries(settled)).toEqual(limits(5_000 + (8 + 100) * MEBIBYTE));
      group?.close();
    });

    describe('in nsjail’s period, which the kernel does not cut short', () => {
      const quota = (): number => parseInt(readAny('cpu.cfs_quota_us', 'cpu.max'), 10);
      const period = (): number => parseInt(/\d+$/.exec(readAny('cpu.cfs_period_us', 'cpu.max'))?.[0] ?? '', 10);
      /** What only another write would undo. */
      const clear = (): void => {
        for (const folder of folders()) {
          for (const name of ['cpu.cfs_quota_us', 'cpu.max'].filter((each) => existsSync(join(folder, each)))) {
            writeFileSync(join(folder, name), '');
          }
        }
      };

      beforeEach(() => {
        jest.useFakeTimers();
      });

      afterEach(() => {
        jest.useRealTimers();
      });

      it('has its share filled up again and again, and then no longer', () => {
        const group = detect().open(PID);
        group?.settle({ memoryBytes: 0, cpus: 0.5 });
        for (let passedMs = 100; passedMs < 1_000; passedMs += 100) {
          clear();
          jest.advanceTimersByTime(100);
          expect([quota(), period()]).toEqual([50_000, 100_000]);
        }
        jest.advanceTimersByTime(100);
        expect([quota(), period()]).toEqual([10_000, 20_000]);
        clear();
        jest.advanceTimersByTime(60_000);
        expect(quota()).toBeNaN();
        group?.close();
      });

      it.each([
        [0.01, 1_000, 100_000],
        [0.001, 1_000, 1_000_000],
      ])(
        'has a share of %d, then and afterwards, over a period long enough for the least quota',
        (cpus, ...expected) => {
          const group = detect().open(PID);
          group?.settle({ memoryBytes: 0, cpus });
          expect([quota(), period()]).toEqual(expected);
          jest.advanceTimersByTime(60_000);
          expect([quota(), period()]).toEqual(expected);
          group?.close();
        },
      );

      it('is left alone once it is closed', () => {
        const group = detect().open(PID);
        group?.settle({ memoryBytes: 0, cpus: 0.5 });
        group?.close();
        clear();
        jest.advanceTimersByTime(60_000);
        expect(quota()).toBeNaN();
      });
    });

    it('has an eighth of the others’ weight while it yields to them', () => {
      const group = detect().open(PID);
      const weights = [true, false].map((yields) => {
        group?.yieldToOthers(yields);
        return readAny('cpu.shares', 'cpu.weight');
      });
      expect([
        ['128', '1024'],
        ['13', '100'],
      ]).toContainEqual(weights);
      group?.close();
    });

    it('counts what the kernel counts, each time anew', () => {
      const group = detect().open(PID);
      expect(group?.counters()).toEqual({ oomKills: 0, refusedProcesses: 0 });
      for (const folder of folders()) {
        for (const name of ['memory.oom_control', 'memory.events', 'pids.events']) {
          const path = join(folder, name);
          if (!existsSync(path)) continue;
          const text = readFileSync(path, 'utf8').replace('oom_kill 0', 'oom_kill 12');
          writeFileSync(path, name === 'pids.events' ? 'max 345\n' : text);
        }
      }
      expect(group?.counters()).toEqual({ oomKills: 12, refusedProcesses: 345 });
      group?.close();
    });

    it('is waited for while memory is in use that is nobody’s any more', async () => {
      const group = detect().open(PID)!;
      const uses = folders().flatMap((folder) =>
        ['memory.usage_in_bytes', 'memory.current']
          .map((name) => join(folder, name))
          .filter((path) => existsSync(path)),
      );
      const use = (bytes: number): void => {
        for (const path of uses) writeFileSync(path, `${bytes}\n`);
      };
      const idle = 5000 + 8 * 1024 * 1024 + 1000;
      group.settle({ memoryBytes: 8000, cpus: 1 });
      use(idle);
      expect(await group.whenIdle()).toBe(true);
      use(idle + 1);
      let isIdle = false;
      const waiting = group.whenIdle().then(() => (isIdle = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(isIdle).toBe(false);
      use(idle);
      await waiting;
      group.close();
    });

    it('counts nothing, and is waited for no longer, when it is gone', async () => {
      const group = detect().open(PID)!;
      group.settle({ memoryBytes: 0, cpus: 1 });
      for (const folder of folders()) {
        for (const name of ['memory.usage_in_bytes', 'memory.current']) {
          if (existsSync(join(folder, name))) writeFileSync(join(folder, name), `${100 * MEBIBYTE}\n`);
        }
      }
      const waiting = group.whenIdle();
      group.close();
      expect(await waiting).toBe(false);
      expect(group.counters()).toBeNull();
    });

    it('is removed when the jail has not done so', async () => {
      const group = detect().open(PID);
      // In a real tree the files are no obstacle.
      for (const folder of folders()) {
        for (const name of Object.keys(files)) rmSync(join(folder, name));
      }
      group?.close();
      await eventually('it is gone', () => !folders().some((folder) => existsSync(folder)));
    });

    it('cannot be opened when it is not there', () => {
      expect(() => detect().open(PID + 1)).toThrow('ENOENT');
    });
  });
});
