import fc from 'fast-check';
import { sampleFacts } from '../../test/support/sample-job';
import { measureJob } from './answered-job';
import { type CompletedRun } from './completed-run';

const ACCEPTED_AT_MS = 1_000_000;
const JOB = sampleFacts({ acceptedAtMs: ACCEPTED_AT_MS });

function run(waitedMs: number, runTimeMs: number): CompletedRun {
  const outcome = { kind: 'returned', resultJson: 'null', stdout: '', stderr: '' } as const;
  return { startedAtMs: ACCEPTED_AT_MS + waitedMs, execution: { outcome, pid: 1, runTimeMs } };
}

describe(measureJob.name, () => {
  it('measures the wait, the run and the whole', () => {
    expect(measureJob(JOB, run(20, 100.4), 130.2)).toEqual({ queueMs: 20, runMs: 100, totalMs: 130 });
  });

  it('takes no wait for negative when the clock of the worker is behind', () => {
    expect(measureJob(JOB, run(-5_000, 100), 130)).toEqual({ queueMs: 0, runMs: 100, totalMs: 130 });
  });

  it('takes no wait for longer than it can have been when the clock of the worker is ahead', () => {
    expect(measureJob(JOB, run(5_000, 100), 130)).toEqual({ queueMs: 30, runMs: 100, totalMs: 130 });
  });

  it('takes the whole for waiting when no program was started', () => {
    const execution = { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: null, runTimeMs: 0 } as const;
    expect(measureJob(JOB, { startedAtMs: null, execution }, 130)).toEqual({ queueMs: 130, runMs: 0, totalMs: 130 });
    expect(measureJob(JOB, null, 130)).toEqual({ queueMs: 130, runMs: 0, totalMs: 130 });
  });

  it('never lets the parts exceed the whole, whatever the clocks say', () => {
    const milliseconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), milliseconds, milliseconds, (waited, ran, total) => {
        const times = measureJob(JOB, run(waited, ran), total);
        expect(times.totalMs).toBeGreaterThanOrEqual(times.queueMs + times.runMs);
        expect(Math.min(times.queueMs, times.runMs)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
