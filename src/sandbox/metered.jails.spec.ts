import { Registry } from 'prom-client';
import { FakeJailStarter, settle } from '../../test/support/fake-jails';
import { JailLostError } from './jail';
import { MeteredJails } from './metered.jails';
import { LARGE_STANDARD_MODULES } from './preload.sets';
import { SandboxMetrics } from './sandbox.metrics';
import { Slot } from './slot';

const PROGRAM = { code: '1', timeoutSeconds: 1 };
const SETS = [LARGE_STANDARD_MODULES, ['numpy', 'pandas']];

describe(MeteredJails.name, () => {
  let starter: FakeJailStarter;
  let registry: Registry;
  let slot: Slot;

  beforeEach(() => {
    starter = new FakeJailStarter();
    registry = new Registry();
    const metrics = new SandboxMetrics(registry);
    metrics.begin({ count: 3, busySlots: 1 }, [[], ...SETS]);
    slot = new Slot(new MeteredJails(starter, metrics), { preloadSets: SETS, jobsPerJail: 2 });
  });

  /** What is not 0 of a metric. */
  async function values(name: string): Promise<string[]> {
    const text = await registry.getSingleMetricAsString(name);
    return text.split('\n').filter((line) => !line.startsWith('#') && !line.endsWith(' 0'));
  }

  it('shows slots', async () => {
    expect(await values('pyexec_slots')).toEqual(['pyexec_slots{state="busy"} 1', 'pyexec_slots{state="free"} 2']);
  });

  it('shows what each jail does', async () => {
    const started = slot.start();
    expect(await values('pyexec_jails')).toEqual(['pyexec_jails{preload="none",state="starting"} 1']);
    await started;
    expect(await values('pyexec_jails')).toEqual(['pyexec_jails{preload="none",state="ready"} 1']);
    starter.fates.push('waits');
    const run = slot.run(PROGRAM, 1);
    await settle();
    expect(await values('pyexec_jails')).toEqual([
      'pyexec_jails{preload="none",state="ready"} 1',
      'pyexec_jails{preload="numpy+pandas",state="busy"} 1',
    ]);
    starter.jails[1]?.end();
    await run;
    await slot.stop();
    expect(await values('pyexec_jails')).toEqual([]);
    expect(await values('pyexec_jail_recycles_total')).toEqual([]);
  });

  it('counts starts, and those that fail', async () => {
    starter.failures.push(new JailLostError('no room'));
    await expect(slot.start()).rejects.toThrow('no room');
    await settle();
    await slot.start();
    await slot.run(PROGRAM, 0);
    expect(await values('pyexec_jail_starts_total')).toEqual([
      'pyexec_jail_starts_total{preload="none",result="ok"} 1',
      'pyexec_jail_starts_total{preload="none",result="failed"} 1',
      'pyexec_jail_starts_total{preload="stdlib",result="ok"} 1',
    ]);
    expect(await registry.getSingleMetricAsString('pyexec_jail_start_duration_seconds')).toMatch(/_count 2$/m);
  });

  it('counts a jail that is worn', async () => {
    for (let time = 0; time < 2; time++) await slot.run(PROGRAM, -1);
    await settle();
    expect(await values('pyexec_jail_recycles_total')).toEqual(['pyexec_jail_recycles_total{reason="worn"} 1']);
  });

  it('counts a jail that is idle for long', async () => {
    jest.useFakeTimers();
    try {
      await slot.run(PROGRAM, 1);
      await jest.advanceTimersByTimeAsync(11 * 60_000);
    } finally {
      jest.useRealTimers();
    }
    expect(await values('pyexec_jail_recycles_total')).toEqual(['pyexec_jail_recycles_total{reason="idle"} 1']);
    expect(await values('pyexec_jails')).toEqual([]);
  });

  it('shows a jail no more that was lost', async () => {
    starter.fates.push('loses its jail');
    await slot.run(PROGRAM, -1);
    expect(starter.jails).toHaveLength(2);
    expect(await values('pyexec_jails')).toEqual(['pyexec_jails{preload="none",state="ready"} 1']);
  });
});
