import { getEventListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { CANCELLED_OUTPUT, FakeJailStarter, RUN, settle, TRIAL_JSON } from '../../test/support/fake-jails';
import { type Execution } from '../domain/outcome';
import { StartupError } from '../domain/startup-error';
import { TRIAL } from './confinement';
import { JailLostError, type JailRun } from './jail';
import { type RuntimeDescription } from '../domain/runtime-description';
import { SlotPool } from './slot.pool';

const LIMITS = { memoryMebibytes: 256, processes: 64, tmpMebibytes: 64, outputKibibytes: 1024, cpus: 1 };

const DESCRIPTION: RuntimeDescription = {
  python: { implementation: 'CPython', version: '3.11.7' },
  packages: [{ name: 'numpy', version: '2.4.6', modules: ['numpy'] }],
  limits: LIMITS,
  preload: [['numpy']],
};

const program = (code: string): { code: string; timeoutSeconds: number } => ({ code, timeoutSeconds: 1 });

describe(SlotPool.name, () => {
  let starter: FakeJailStarter;

  beforeEach(() => {
    Logger.overrideLogger(false);
    starter = new FakeJailStarter();
  });

  async function startPool(slots: number): Promise<SlotPool> {
    const pool = new SlotPool(starter, {
      slots,
      description: DESCRIPTION,
      controlGroups: 1,
      preloadSets: [['numpy'], ['numpy', 'pandas']],
      jobsPerJail: 1000,
    });
    await pool.onModuleInit();
    for (const jail of starter.jails) jail.programs.length = 0;
    return pool;
  }

  describe('at start', () => {
    it('starts a plain jail for each slot', async () => {
      await startPool(3);
      expect(starter.jails.map(({ preload }) => preload)).toEqual([[], [], []]);
    });

    it('names the reason when no jail can be started', async () => {
      starter.broken = new JailLostError('clone() failed: Operation not permitted');
      const failure = await startPool(2).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartupError);
      expect((failure as Error).message).toMatch(/none is ever run without one.*clone\(\) failed: Operation not perm/);
    });

    it('stops the jails that it could start when another cannot be', async () => {
      const start = starter.start.bind(starter);
      let starts = 0;
      starter.start = (preload) => (++starts === 2 ? Promise.reject(new JailLostError('no room')) : start(preload));
      await expect(startPool(3)).rejects.toThrow(/no room/);
      expect(starter.jails).toHaveLength(2);
      expect(starter.alive).toEqual([]);
    });

    const failing = (change: Partial<JailRun['report']>): JailRun => ({ ...RUN, report: { ...RUN.report, ...change } });

    it.each<[string, JailRun, RegExp]>([
      [
        'a gap in the jail',
        failing({ result: Buffer.from(`R${TRIAL_JSON.replace('"seccomp":true', '"seccomp":false')}`) }),
        /a program in a jail has no system call filter/,
      ],
      ['a failure', failing({ result: Buffer.from('Eno codec'), waitStatus: 256 }), /trial program.*no codec/],
      ['a signal', failing({ waitStatus: 31 }), /trial program.*"signal":31/],
    ])('refuses to go on when the trial program ends with %s', async (_what, result, message) => {
      starter.result = result;
      const failure = await startPool(1).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartupError);
      expect((failure as Error).message).toMatch(message);
      expect(starter.alive).toEqual([]);
    });

    it('gives a trial program whose jail is lost another try', async () => {
      starter.fates.push('loses its jail');
      await startPool(1);
      expect(starter.alive).toEqual([1]);
    });
  });

  describe('check', () => {
    it('trusts a program that has run lately', async () => {
      const pool = await startPool(1);
      expect(await pool.check()).toMatchObject({ controlGroups: 1, seccomp: true });
      expect(starter.programs).toEqual([[]]);
    });

    it('runs one trial, however many ask, when none has run for long', async () => {
      const pool = await startPool(1);
      jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
      await Promise.all([pool.check(), pool.check()]);
      expect(starter.programs).toEqual([[TRIAL.code]]);
    });

    it('does not wait for slots that are all busy with programs', async () => {
      const pool = await startPool(1);
      starter.fates.push('waits');
      const running = pool.run(program('a'));
      await settle();
      jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
      await pool.check();
      starter.jails[0]!.end();
      await running;
    });

    it('does not trust slots of which none has moved for longer than any program may take', async () => {
      const pool = await startPool(2);
      starter.fates.push('waits', 'waits');
      const runs = [pool.run(program('1')), pool.run(program('2'))];
      await settle();
      const now = jest.spyOn(performance, 'now');
      const startedAt = performance.now();
      now.mockReturnValue(startedAt + 300_000);
      await pool.check();
      now.mockReturnValue(startedAt + 400_000);
      await expect(pool.check()).rejects.toThrow('all slots are busy');
      starter.jails[0]?.end();
      await Promise.race(runs);
      starter.fates.push('waits');
      runs.push(pool.run(program('3')));
      await settle();
      await pool.check();
      for (const jail of starter.jails) jail.end();
      await Promise.all(runs);
    });

    it('gives the reason when no program can be run any more', async () => {
      const pool = await startPool(1);
      await starter.jails[0]!.stop();
      starter.broken = new JailLostError('no room');
      jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
      await expect(pool.check()).rejects.toThrow('no room');
    });
  });

  describe('run', () => {
    it('gives the outcome, the process id and the run time', async () => {
      const pool = await startPool(1);
      expect(await pool.run(program('a'))).toEqual({
        outcome: { kind: 'returned', resultJson: TRIAL_JSON, stdout: '', stderr: '' },
        pid: RUN.pid,
        runTimeMs: RUN.runTimeMs,
      });
    });

    it('runs no more programs at once than there are slots, and the others in the order they came', async () => {
      const pool = await startPool(2);
      starter.fates.push(...Array<'waits'>(6).fill('waits'));
      const running = ['a', 'b', 'c', 'd', 'e', 'f'].map((code) => pool.run(program(code)));
      await settle();
      // The trial program had the first slot, so that the second is first in turn.
      expect(starter.programs).toEqual([['b'], ['a']]);
      for (const [jail, expected] of [
        [1, [['b'], ['a', 'c']]],
        [1, [['b'], ['a', 'c', 'd']]],
        [
          0,
          [
            ['b', 'e'],
            ['a', 'c', 'd'],
          ],
        ],
        [
          1,
          [
            ['b', 'e'],
            ['a', 'c', 'd', 'f'],
          ],
        ],
      ] as const) {
        starter.jails[jail]!.end();
        await settle();
        expect(starter.programs).toEqual(expected);
      }
      for (const jail of starter.jails) jail.end();
      await Promise.all(running);
    });

    it('gives the slot to the next when a program fails with its jails', async () => {
      const pool = await startPool(1);
      starter.fates.push('loses its jail', 'loses its jail');
      const [first, second] = await Promise.allSettled([pool.run(program('a')), pool.run(program('b'))]);
      expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    });

    it('prefers a slot that has the jail for the program started', async () => {
      const pool = await startPool(3);
      for (let turn = 0; turn < 4; turn++) await pool.run(program('import numpy'));
      expect(starter.jails.filter(({ preload }) => preload.length > 0)).toHaveLength(1);
    });

    it('takes another slot when that one is busy', async () => {
      const pool = await startPool(2);
      starter.fates.push('waits');
      const running = pool.run(program('import numpy'));
      await settle();
      await pool.run(program('import numpy'));
      expect(starter.jails.filter(({ preload }) => preload.length > 0)).toHaveLength(2);
      starter.jails[2]?.end();
      await running;
    });

    it('passes over a slot that clears up after its last program', async () => {
      const pool = await startPool(2);
      const [, second] = starter.jails;
      if (second !== undefined) second.readiness = new Promise(() => undefined);
      for (const code of ['a', 'b', 'c']) {
        await pool.run(program(code));
        await settle();
      }
      // The trial program had the first one.
      expect(starter.programs).toEqual([['b', 'c'], ['a']]);
    });

    it('takes slots in turn, so that each has time to prepare', async () => {
      const pool = await startPool(2);
      for (const code of ['a', 'b', 'c', 'd']) await pool.run(program(code));
      // The trial program had the first one.
      expect(starter.programs).toEqual([
        ['b', 'd'],
        ['a', 'c'],
      ]);
    });
  });

  describe('a program that is cancelled', () => {
    const NEVER_STARTED = { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: null, runTimeMs: 0 };
    let cancellation: AbortController;

    beforeEach(() => {
      cancellation = new AbortController();
    });

    afterEach(() => {
      expect(getEventListeners(cancellation.signal, 'abort')).toEqual([]);
    });

    /** How it ends, and then another program after it. */
    async function endAndNext(pool: SlotPool, running: Promise<Execution>): Promise<Execution> {
      const execution = await running;
      starter.fates.length = 0; // of those that were never started
      expect((await pool.run(program('next'))).outcome.kind).toBe('returned');
      return execution;
    }

    it('before it came is not started, and no jail for it', async () => {
      const pool = await startPool(1);
      cancellation.abort();
      const running = pool.run(program('import numpy'), { signal: cancellation.signal });
      expect(await endAndNext(pool, running)).toEqual(NEVER_STARTED);
      expect(starter.programs).toEqual([['next']]);
    });

    it('while it waits for a slot leaves the queue at once', async () => {
      const pool = await startPool(1);
      starter.fates.push('waits');
      const first = pool.run(program('a'));
      const second = pool.run(program('b'), { signal: cancellation.signal });
      const third = pool.run(program('c'));
      await settle();
      cancellation.abort();
      expect(await second).toEqual(NEVER_STARTED);
      starter.jails[0]!.end();
      await Promise.all([first, third]);
      expect(starter.programs).toEqual([['a', 'c']]);
    });

    it('while its jail recovers gives its slot back', async () => {
      const pool = await startPool(1);
      starter.fates.push('is never started');
      const running = pool.run(program('a'), { signal: cancellation.signal });
      await settle();
      cancellation.abort();
      expect(await endAndNext(pool, running)).toEqual(NEVER_STARTED);
      expect(starter.programs).toEqual([['next']]);
    });

    it('while it runs ends with what it had written', async () => {
      const pool = await startPool(1);
      starter.fates.push('waits');
      const running = pool.run(program('a'), { signal: cancellation.signal });
      await settle();
      cancellation.abort();
      expect(await endAndNext(pool, running)).toEqual({
        outcome: { kind: 'cancelled', stdout: CANCELLED_OUTPUT, stderr: '' },
        pid: RUN.pid,
        runTimeMs: RUN.runTimeMs,
      });
    });

    it('after it ended has ended as it did', async () => {
      const pool = await startPool(1);
      const { outcome } = await pool.run(program('a'), { signal: cancellation.signal });
      cancellation.abort();
      expect(outcome.kind).toBe('returned');
    });

    it('after it has waited for a slot leaves those who wait behind it', async () => {
      const pool = await startPool(1);
      starter.fates.push('waits', 'waits');
      const first = pool.run(program('a'));
      const second = pool.run(program('b'), { signal: cancellation.signal });
      const third = pool.run(program('c'));
      await settle();
      starter.jails[0]!.end();
      await settle();
      expect(starter.programs).toEqual([['a', 'b']]);
      cancellation.abort();
      await Promise.all([first, second, third]);
      expect(starter.programs).toEqual([['a', 'b', 'c']]);
    });

    it.each(Array.from({ length: 30 }, (_, steps) => steps))(
      '%d steps after its slot became free ends',
      async (steps) => {
        const pool = await startPool(1);
        starter.fates.push('waits', 'waits');
        const first = pool.run(program('a'));
        const second = pool.run(program('b'), { signal: cancellation.signal });
        await settle();
        starter.jails[0]!.end();
        for (let step = 0; step < steps; step++) await Promise.resolve();
        cancellation.abort();
        expect((await endAndNext(pool, second)).outcome.kind).toBe('cancelled');
        await first;
      },
    );
  });

  it('describes what programs run in', async () => {
    expect((await startPool(1)).describe()).toEqual(DESCRIPTION);
  });

  it('stops all jails at the end', async () => {
    const pool = await startPool(2);
    await pool.run(program('import pandas'));
    await pool.onApplicationShutdown();
    expect(starter.alive).toEqual([]);
  });
});
