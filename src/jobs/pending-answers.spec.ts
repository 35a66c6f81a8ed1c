import { sampleFacts, sampleRun } from '../../test/support/sample-job';
import { type JobEnd } from '../domain/job-record';
import { PendingAnswers } from './pending-answers';

const END: JobEnd = { state: 'succeeded', finishedAtMs: 1, queueLength: 0, run: sampleRun() };
const OTHER_END: JobEnd = { ...END, state: 'lost', run: null };
const [first, second] = [sampleFacts({ id: 'first' }), sampleFacts({ id: 'second' })];

/** Whether a promise has settled once everything that can happen has. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  void promise.then(note, note);
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe(PendingAnswers.name, () => {
  it('gives each job its own end', async () => {
    const pending = new PendingAnswers();
    const [one, other] = [pending.expect(first), pending.expect(second)];
    pending.settle('second', OTHER_END);
    pending.settle('first', END);
    await expect(one).resolves.toBe(END);
    await expect(other).resolves.toBe(OTHER_END);
  });

  it('lets the first end count', async () => {
    const pending = new PendingAnswers();
    const answer = pending.expect(first);
    pending.settle('first', END);
    pending.settle('first', OTHER_END);
    pending.reject('first', new Error('too late'));
    await expect(answer).resolves.toBe(END);
  });

  it('says why there will be no end, also to one who asks late', async () => {
    const pending = new PendingAnswers();
    const answer = pending.expect(first);
    pending.reject('first', new Error('gone'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(answer).rejects.toThrow('gone');
  });

  it('ignores ends that nobody waits for', () => {
    const pending = new PendingAnswers();
    pending.settle('unknown', END);
    pending.reject('unknown', new Error('gone'));
    pending.forget('unknown');
    expect(pending.jobs()).toEqual([]);
  });

  it('keeps nothing of a job that nobody waits for any more, and never settles it', async () => {
    const pending = new PendingAnswers();
    const answer = pending.expect(first, 0);
    void pending.expect(second, 0);
    pending.forget('first');
    pending.settle('first', END);
    expect(await isSettled(answer)).toBe(false);
    expect(pending.jobs()).toEqual([second]);
    expect(pending.takeOverdue(60_000)).toEqual([{ facts: second, waitedMs: 60_000 }]);
  });

  describe('takeOverdue', () => {
    it('names a job that is waited for too long, then less and less often', () => {
      const pending = new PendingAnswers();
      void pending.expect(first, 0);
      const looks = Array.from({ length: 120 }, (_, second) => pending.takeOverdue(second * 1000).length);
      const lookedAt = looks.flatMap((count, second) => (count > 0 ? [second] : []));
      expect(lookedAt).toEqual([5, 15, 35, 65, 95]);
    });

    it('says how long it has been waited for in all', () => {
      const pending = new PendingAnswers();
      void pending.expect(first, 1_000);
      expect(pending.takeOverdue(8_500)).toEqual([{ facts: first, waitedMs: 7_500 }]);
    });
  });

  describe('whenEmpty', () => {
    it.each<[string, (pending: PendingAnswers) => void]>([
      ['answered', (pending) => pending.settle('second', END)],
      ['given up', (pending) => pending.reject('second', new Error('gone'))],
      ['forgotten', (pending) => pending.forget('second')],
    ])('resolves when the last one is %s', async (_how, end) => {
      const pending = new PendingAnswers();
      void pending.expect(first);
      void pending.expect(second);
      const empty = pending.whenEmpty();
      pending.settle('first', END);
      expect(await isSettled(empty)).toBe(false);
      end(pending);
      await empty;
    });

    it('resolves at once when nobody waits', async () => {
      await expect(new PendingAnswers().whenEmpty()).resolves.toBeUndefined();
    });
  });
});
