import { isFinal, JOB_STATES, stateAfter, statesBefore } from './job-state';

describe('the states of a job', () => {
  it('ends in exactly five of them, and nothing leads out of those', () => {
    const finals = JOB_STATES.filter((state) => isFinal(state));
    expect(finals).toEqual(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost']);
    for (const state of JOB_STATES)
      expect(statesBefore(state).filter((before) => finals.includes(before as never))).toEqual([]);
  });

  it('lets a job be queued again only while it runs, and run only from there', () => {
    expect(statesBefore('queued')).toEqual(['running']);
    expect(statesBefore('running')).toEqual(['queued']);
  });

  it('lets a job that does not run be cancelled or lost, and come to nothing else', () => {
    expect(JOB_STATES.filter((state) => statesBefore(state).includes('queued'))).toEqual([
      'running',
      'cancelled',
      'lost',
    ]);
  });

  it('can be reached, each of them, from the first', () => {
    const reached = new Set(['queued']);
    for (const state of JOB_STATES) if (statesBefore(state).some((before) => reached.has(before))) reached.add(state);
    expect([...reached].sort()).toEqual([...JOB_STATES].sort());
  });

  it('takes every failure of a program for failed, but for time and cancelling', () => {
    const output = { stdout: '', stderr: '' };
    expect(stateAfter({ kind: 'returned', resultJson: '1', ...output })).toBe('succeeded');
    expect(stateAfter({ kind: 'exited', exitCode: 3, message: null, ...output })).toBe('failed');
    expect(stateAfter({ kind: 'overLimit', limit: 'memory', mebibytes: 1, ...output })).toBe('failed');
    expect(stateAfter({ kind: 'timedOut', timeoutSeconds: 1, ...output })).toBe('timed_out');
    expect(stateAfter({ kind: 'cancelled', ...output })).toBe('cancelled');
  });
});
