import { type CompletedRun } from '../domain/execution-job';
import { PendingAnswers } from './pending-answers';

const RUN: CompletedRun = {
  startedAtMs: 0,
  execution: { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: 1, runTimeMs: 1 },
};

describe(PendingAnswers.name, () => {
  it('gives each job its own reply', async () => {
    const pending = new PendingAnswers();
    const first = pending.expect('first');
    const second = pending.expect('second');
    pending.settle({ jobId: 'second', failure: 'lost' });
    pending.settle({ jobId: 'first', run: RUN });
    await expect(first).resolves.toBe(RUN);
    await expect(second).rejects.toThrow('Job second came to no outcome: lost');
  });

  it('ignores replies that nobody waits for', () => {
    expect(() => {
      new PendingAnswers().settle({ jobId: 'unknown', run: RUN });
    }).not.toThrow();
  });

  describe('takeOverdue', () => {
    it('names a job that is waited for too long, then less and less often', () => {
      const pending = new PendingAnswers();
      void pending.expect('job', 0);
      const looks = Array.from({ length: 120 }, (_, second) => pending.takeOverdue(second * 1000).length);
      const lookedAt = looks.flatMap((count, second) => (count > 0 ? [second] : []));
      expect(lookedAt).toEqual([5, 15, 35, 65, 95]);
    });

    it('says how long it has been waited for in all', () => {
      const pending = new PendingAnswers();
      void pending.expect('job', 1_000);
      expect(pending.takeOverdue(8_500)).toEqual([{ jobId: 'job', waitedMs: 7_500 }]);
    });
  });

  describe('whenEmpty', () => {
    it('resolves with the last answer', async () => {
      const pending = new PendingAnswers();
      void pending.expect('a');
      void pending.expect('b');
      let isEmpty = false;
      const empty = pending.whenEmpty().then(() => (isEmpty = true));
      pending.settle({ jobId: 'a', run: RUN });
      await Promise.resolve();
      expect(isEmpty).toBe(false);
      pending.settle({ jobId: 'b', run: RUN });
      await empty;
    });

    it('resolves at once when nobody waits', async () => {
      await expect(new PendingAnswers().whenEmpty()).resolves.toBeUndefined();
    });
  });
});
