import { type Job } from 'bull';
import { sampleFacts } from '../../test/support/sample-job';
import { type QueuedExecution, readQueuedExecution } from './execution-queue';

/** A job of Bull's as far as it matters here. */
const bullJob = (data: object, opts: object): Job<QueuedExecution> => ({ data, opts }) as Job<QueuedExecution>;

describe(readQueuedExecution.name, () => {
  const facts = sampleFacts();
  const admission = { facts: JSON.stringify(facts), isDelivered: false };

  it.each(['', 'print(1)'])('finds the program %j and its facts', (code) => {
    expect(readQueuedExecution(bullJob({ code }, { admission }))).toEqual({ code, facts });
  });

  it('finds nothing in a job that was removed before it was locked', () => {
    expect(readQueuedExecution(bullJob({}, {}))).toBeNull();
  });

  it('finds nothing in a job without a program, or without an admission', () => {
    expect(readQueuedExecution(bullJob({ code: 1 }, { admission }))).toBeNull();
    expect(readQueuedExecution(bullJob({ code: '' }, { attempts: 1 }))).toBeNull();
  });
});
