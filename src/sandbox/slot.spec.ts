import { FakeJailStarter, RUN, settle } from '../../test/support/fake-jails';
import { CancelledError } from './cancellation';
import { JailLostError } from './jail';
import { Slot } from './slot';

const PLAIN = -1;
const NUMPY = 0;
const IDLE_MS = 10 * 60_000;
const PRELOAD_SETS = [['numpy'], ['numpy', 'pandas']];

const program = (code: string): { code: string; timeoutSeconds: number } => ({ code, timeoutSeconds: 1 });

describe(Slot.name, () => {
  let starter: FakeJailStarter;

  beforeEach(() => {
    starter = new FakeJailStarter();
  });

  function slotOf(jobsPerJail = 1000): Slot {
    return new Slot(starter, { preloadSets: PRELOAD_SETS, jobsPerJail });
  }

  async function runAll(slot: Slot, programs: readonly string[]): Promise<void> {
    for (const code of programs) await slot.run(program(code), PLAIN);
  }

  it('starts its plain jail only', async () => {
    await slotOf().start();
    expect(starter.jails.map(({ preload }) => preload)).toEqual([[]]);
  });

  it('starts a jail for a set of modules when a program asks for it, and keeps it', async () => {
    const slot = slotOf();
    await slot.start();
    expect([slot.serves(PLAIN), slot.serves(NUMPY)]).toEqual([true, false]);
    for (const code of ['a', 'b']) await slot.run(program(code), NUMPY);
    await slot.run(program('c'), PLAIN);
    expect([slot.serves(PLAIN), slot.serves(NUMPY)]).toEqual([true, true]);
    expect(starter.jails.map(({ preload, programs }) => [preload, programs])).toEqual([
      [[], ['c']],
      [['numpy'], ['a', 'b']],
    ]);
  });

  it('hands on the run and tells its follower of the start', async () => {
    const started: number[] = [];
    const run = await slotOf().run(program('a'), PLAIN, { onStart: (pid) => started.push(pid) });
    expect(run).toBe(RUN);
    expect(started).toEqual([RUN.pid]);
  });

  describe('a worn jail', () => {
    it.each([
      [1, [['a'], ['b'], ['c'], ['d'], []]],
      [2, [['a', 'b'], ['c', 'd'], []]],
      [3, [['a', 'b', 'c'], ['d']]],
      [1000, [['a', 'b', 'c', 'd']]],
    ])('is replaced after %d programs', async (jobsPerJail, expected) => {
      const slot = slotOf(jobsPerJail);
      await slot.start();
      await runAll(slot, ['a', 'b', 'c', 'd']);
      expect(starter.programs).toEqual(expected);
      expect(starter.alive).toEqual([expected.length - 1]);
    });

    it('has its successor started while it runs its last program', async () => {
      const slot = slotOf(1);
      await slot.start();
      starter.fates.push('waits');
      const running = slot.run(program('a'), PLAIN);
      await settle();
      expect(starter.alive).toEqual([0, 1]);
      starter.jails[0]?.end();
      await running;
      expect(starter.alive).toEqual([1]);
    });

    it('has its successor started when a twentieth of its programs is left', async () => {
      const slot = slotOf(40);
      const programs = (count: number): string[] => Array.from({ length: count }, () => 'a');
      await runAll(slot, programs(37));
      expect(starter.alive).toEqual([0]);
      await runAll(slot, programs(1));
      expect(starter.alive).toEqual([0, 1]);
      await runAll(slot, programs(3));
      expect(starter.programs.map(({ length }) => length)).toEqual([40, 1]);
      await slot.stop();
      expect(starter.alive).toEqual([]);
    });

    it('is stopped with the slot while it still runs its last program', async () => {
      const slot = slotOf(1);
      starter.fates.push('waits');
      const running = slot.run(program('a'), PLAIN);
      await settle();
      await slot.stop();
      expect(starter.alive).toEqual([]);
      starter.jails[0]?.end();
      await running;
      expect(starter.jails).toHaveLength(2);
    });

    it('counts anew for its successor', async () => {
      const slot = slotOf(2);
      await runAll(slot, ['a', 'b', 'c']);
      starter.fates.push('loses its jail');
      await runAll(slot, ['d', 'e', 'f']);
      expect(starter.programs).toEqual([['a', 'b'], ['c', 'd'], ['d', 'e'], ['f']]);
    });

    it('does not fail the program when its successor cannot be started ahead', async () => {
      const slot = slotOf(1);
      await slot.start();
      starter.failures.push(new JailLostError('not now'));
      await runAll(slot, ['a', 'b']);
      expect(starter.programs).toEqual([['a'], ['b'], []]);
    });
  });

  describe('a lost jail', () => {
    it('has its program run again in another', async () => {
      starter.fates.push('loses its jail');
      expect(await slotOf().run(program('a'), PLAIN)).toBe(RUN);
      expect(starter.programs).toEqual([['a'], ['a']]);
    });

    it('has its follower told that what it was told before is void', async () => {
      starter.fates.push('loses its jail');
      const told: string[] = [];
      await slotOf().run(program('a'), PLAIN, {
        onStart: () => told.push('started'),
        onRestart: () => told.push('void'),
      });
      expect(told).toEqual(['started', 'void', 'started']);
    });

    it('has its program run again once only', async () => {
      const slot = slotOf();
      starter.fates.push('loses its jail', 'loses its jail');
      await expect(slot.run(program('a'), PLAIN)).rejects.toBeInstanceOf(JailLostError);
      await runAll(slot, ['b']);
      expect(starter.programs).toEqual([['a'], ['a'], ['b']]);
    });

    it('costs a program no try when it died while it waited', async () => {
      const slot = slotOf();
      await slot.start();
      starter.jails[0]!.isLost = true;
      starter.fates.push('loses its jail');
      expect(await slot.run(program('a'), PLAIN)).toBe(RUN);
      expect(starter.programs).toEqual([[], ['a'], ['a']]);
    });

    it('is replaced although the program does not come back', async () => {
      const slot = slotOf();
      starter.fates.push('loses its jail', 'loses its jail');
      await slot.run(program('a'), PLAIN).catch(() => undefined);
      expect(starter.alive).toEqual([2]);
    });

    it('is an error when no other can be started', async () => {
      const slot = slotOf();
      await slot.start();
      starter.fates.push('loses its jail');
      starter.broken = new JailLostError('no room');
      await expect(slot.run(program('a'), PLAIN)).rejects.toThrow('no room');
      starter.broken = null;
      await runAll(slot, ['b']);
      expect(starter.programs).toEqual([['a'], ['b']]);
    });

    it('is told from other faults, which are not tried again', async () => {
      starter.broken = new TypeError('a mistake of ours');
      await expect(slotOf().run(program('a'), PLAIN)).rejects.toThrow('a mistake of ours');
    });
  });

  describe('a program that is cancelled', () => {
    it('is not run again when its jail is lost, nor waits for the next one', async () => {
      const cancellation = new AbortController();
      const slot = slotOf();
      starter.fates.push('loses its jail');
      const told: string[] = [];
      const running = slot.run(program('a'), PLAIN, {
        signal: cancellation.signal,
        onStart: () => {
          starter.start = () => new Promise(() => undefined);
        },
        onRestart: () => told.push('void'),
      });
      await settle();
      expect(told).toEqual(['void']);
      cancellation.abort();
      await expect(running).rejects.toBeInstanceOf(CancelledError);
      expect(starter.programs).toEqual([['a']]);
    });

    it('while its jail starts leaves that jail to the next one', async () => {
      const cancellation = new AbortController();
      const slot = slotOf();
      const jail = await starter.start([]);
      const { promise, resolve } = Promise.withResolvers<typeof jail>();
      starter.start = () => promise;
      const cancelled = slot.run(program('a'), PLAIN, { signal: cancellation.signal });
      await settle();
      cancellation.abort();
      await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
      const next = slot.run(program('b'), PLAIN);
      resolve(jail);
      expect(await next).toBe(RUN);
      expect(starter.programs).toEqual([['b']]);
    });
  });

  describe('an idle jail', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });

    afterEach(() => {
      jest.useRealTimers();
    });

    it('with preloaded modules is stopped in the end, and started again when asked for', async () => {
      const slot = slotOf();
      await slot.start();
      await slot.run(program('a'), NUMPY);
      await jest.advanceTimersByTimeAsync(IDLE_MS - 1);
      expect(starter.alive).toEqual([0, 1]);
      await jest.advanceTimersByTimeAsync(1);
      expect(starter.alive).toEqual([0]);
      expect(slot.serves(NUMPY)).toBe(false);
      await slot.run(program('b'), NUMPY);
      expect(starter.alive).toEqual([0, 2]);
    });

    it('is stopped although the program that it was started for was cancelled', async () => {
      const cancellation = new AbortController();
      starter.fates.push('is never started');
      const running = slotOf().run(program('a'), NUMPY, { signal: cancellation.signal });
      const cancelled = expect(running).rejects.toBeInstanceOf(CancelledError);
      cancellation.abort();
      await cancelled;
      expect(starter.alive).toEqual([0]);
      await jest.advanceTimersByTimeAsync(IDLE_MS);
      expect(starter.alive).toEqual([]);
    });

    it('is not stopped while it runs a program, however long that takes', async () => {
      const slot = slotOf();
      await slot.run(program('a'), NUMPY);
      starter.fates.push('waits');
      const running = slot.run(program('b'), NUMPY);
      await jest.advanceTimersByTimeAsync(2 * IDLE_MS);
      expect(starter.alive).toEqual([0]);
      starter.jails[0]?.end();
      await running;
    });

    it('without such modules stays', async () => {
      const slot = slotOf();
      await slot.run(program('a'), PLAIN);
      await jest.advanceTimersByTimeAsync(100 * IDLE_MS);
      expect(starter.alive).toEqual([0]);
    });
  });

  describe('stop', () => {
    it('stops every jail', async () => {
      const slot = slotOf();
      await slot.start();
      for (const set of [0, 1]) await slot.run(program('a'), set);
      await slot.stop();
      expect(starter.jails).toHaveLength(3);
      expect(starter.alive).toEqual([]);
    });

    it('starts no jail afterwards, not even for a program that comes late', async () => {
      const slot = slotOf();
      await slot.start();
      await slot.stop();
      for (const set of [PLAIN, NUMPY]) {
        await expect(slot.run(program('late'), set)).rejects.toBeInstanceOf(JailLostError);
      }
      expect(starter.jails).toHaveLength(1);
    });

    it('copes with jails that never started', async () => {
      const slot = slotOf();
      starter.broken = new JailLostError('no room');
      await expect(slot.start()).rejects.toThrow('no room');
      await slot.stop();
    });
  });
});
