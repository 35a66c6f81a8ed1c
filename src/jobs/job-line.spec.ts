import { sampleFacts, sampleRun } from '../../test/support/sample-job';
import { type Outcome } from '../domain/outcome';
import { describeEnd } from './job-line';

const OUTPUT = { stdout: 'SECRET', stderr: 'SECRET' };

describe(describeEnd.name, () => {
  it.each<[Outcome, object]>([
    [{ ...OUTPUT, kind: 'returned', resultJson: '"SECRET"' }, { outcome: 'returned' }],
    [{ ...OUTPUT, kind: 'raised', traceback: 'SECRET' }, { outcome: 'raised' }],
    [
      { ...OUTPUT, kind: 'exited', exitCode: 3, message: 'SECRET' },
      { outcome: 'exited', exitCode: 3 },
    ],
    [
      { ...OUTPUT, kind: 'signalled', signal: 9 },
      { outcome: 'signalled', signal: 'SIGKILL' },
    ],
    [
      { ...OUTPUT, kind: 'timedOut', timeoutSeconds: 1 },
      { outcome: 'timed_out', limit: 'time' },
    ],
    [
      { ...OUTPUT, kind: 'overLimit', limit: 'memory', mebibytes: 1 },
      { outcome: 'over_limit', limit: 'memory' },
    ],
    [{ ...OUTPUT, kind: 'cancelled' }, { outcome: 'cancelled' }],
  ])('says how %j ended and nothing of what it wrote', (outcome, expected) => {
    const facts = sampleFacts({
      requestId: 'SECRET',
      httpRequestId: 'request-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      webhookUrl: 'http://SECRET',
      queueLength: 1,
      acceptedAtMs: 900,
    });
    const line = describeEnd(facts, sampleRun(outcome), 1_130);
    const times = { queueMs: 100, runMs: 123, totalMs: 230, pid: 4711 };
    const who = { jobId: facts.id, requestId: 'request-1', key: 'caller', mode: 'async' };
    expect(line).toEqual({ ...who, traceId: '0af7651916cd43dd8448eb211c80319c', ...times, ...expected });
    expect(JSON.stringify(line)).not.toContain('SECRET');
  });

  it('says that a job was lost', () => {
    expect(describeEnd(sampleFacts(), null, Date.now())).toMatchObject({ outcome: 'lost', mode: 'sync', pid: null });
  });
});
