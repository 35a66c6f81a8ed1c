import fc from 'fast-check';
import { CANCELLED, RETURNED, sampleFacts, sampleRun } from '../../test/support/sample-job';
import { type JobEnd, type JobFacts, type JobRecord } from '../domain/job-record';
import { stateAfter } from '../domain/job-state';
import { type Outcome } from '../domain/outcome';
import { RecordPresenter } from './record.presenter';

const presenter = new RecordPresenter({ endpoint: '/v1/code/execute/python', queueId: 67890, buildNumber: '1.0.0' });

const ACCEPTED_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const MEMBERS =
  'job_id id endpoint status code message outcome timeout accepted_at started_at finished_at run_time queue_time total_time pid queue_id queue_length build_number webhook deliveries';
const OUTCOME_MEMBERS = 'kind result error stdout stderr exit_code signal';
const OUTPUT = { stdout: 'partial', stderr: 'why' };

const QUEUED: JobRecord = {
  facts: sampleFacts({ id: 'job-1', acceptedAtMs: ACCEPTED_AT_MS, queueLength: 7 }),
  state: 'queued',
  startedAtMs: null,
  worker: null,
  end: null,
  delivery: null,
};
const RUNNING: JobRecord = { ...QUEUED, state: 'running', startedAtMs: ACCEPTED_AT_MS + 20, worker: 'w' };
const LOST = ended({ state: 'lost', run: null });

function ended(end: Partial<JobEnd>): JobRecord {
  const complete = {
    state: 'succeeded',
    finishedAtMs: ACCEPTED_AT_MS + 150,
    queueLength: 2,
    run: sampleRun(),
    ...end,
  } as const;
  return { ...RUNNING, state: complete.state, end: complete };
}

function endedWith(outcome: Outcome): JobRecord {
  const run = { ...sampleRun(outcome), startedAtMs: ACCEPTED_AT_MS + 20 };
  return ended({ state: stateAfter(outcome), run });
}

function withWebhook(webhookUrl: string, delivery: JobRecord['delivery']): JobRecord {
  const record = endedWith(RETURNED);
  return { ...record, facts: { ...record.facts, webhookUrl }, delivery };
}

function present(record: JobRecord): Record<string, unknown> {
  return JSON.parse(presenter.present(record)) as Record<string, unknown>;
}

const FAILURES: readonly (readonly [Outcome, object])[] = [
  [
    { kind: 'raised', traceback: 'Traceback\nE: x', ...OUTPUT },
    {
      status: 'failed',
      code: 400,
      message: 'Traceback\nE: x',
      outcome: { kind: 'raised', exit_code: 1, signal: null },
    },
  ],
  [
    { kind: 'exited', exitCode: 3, message: null, ...OUTPUT },
    {
      status: 'failed',
      code: 400,
      message: 'Process exited with code 3',
      outcome: { kind: 'exited', exit_code: 3, signal: null },
    },
  ],
  [
    { kind: 'signalled', signal: 11, ...OUTPUT },
    {
      status: 'failed',
      code: 400,
      message: 'Process killed by signal 11 (SIGSEGV)',
      outcome: { kind: 'signalled', exit_code: null, signal: 11 },
    },
  ],
  [
    { kind: 'overLimit', limit: 'memory', mebibytes: 256, ...OUTPUT },
    {
      status: 'failed',
      code: 400,
      message: 'Memory limit of 256 MiB exceeded',
      outcome: { kind: 'over_limit', exit_code: null, signal: null },
    },
  ],
  [
    { kind: 'timedOut', timeoutSeconds: 5, ...OUTPUT },
    {
      status: 'timed_out',
      code: 408,
      message: 'Execution timed out after 5 seconds',
      outcome: { kind: 'timed_out', exit_code: null, signal: null },
    },
  ],
  [
    { kind: 'cancelled', ...OUTPUT },
    {
      status: 'cancelled',
      code: 400,
      message: 'Execution was cancelled',
      outcome: { kind: 'cancelled', exit_code: null, signal: null },
    },
  ],
];

describe(RecordPresenter.name, () => {
  it('presents a success, members in order', () => {
    expect(presenter.present(endedWith(RETURNED))).toBe(
      '{"job_id":"job-1","id":null,"endpoint":"/v1/code/execute/python","status":"succeeded","code":200,"message":"success",' +
        '"outcome":{"kind":"returned","result":2,"error":null,"stdout":"Hola\\n","stderr":"","exit_code":0,"signal":null},' +
        '"timeout":30,"accepted_at":"2026-01-02T03:04:05.006Z","started_at":"2026-01-02T03:04:05.026Z",' +
        '"finished_at":"2026-01-02T03:04:05.156Z","run_time":0.123,"queue_time":0.02,"total_time":0.15,"pid":4711,' +
        '"queue_id":67890,"queue_length":2,"build_number":"1.0.0","webhook":null,"deliveries":[]}',
    );
  });

  it('presents a job that waits, or runs, with null for what is not known yet', () => {
    const unknown = { code: null, message: null, outcome: null, finished_at: null, run_time: null, queue_time: null };
    const known = { timeout: 30, accepted_at: '2026-01-02T03:04:05.006Z', queue_id: 67890, deliveries: [] };
    const waits = { ...known, ...unknown, total_time: null, pid: null, queue_length: null, webhook: null };
    expect(present(QUEUED)).toMatchObject({ ...waits, status: 'queued', started_at: null });
    expect(present(RUNNING)).toMatchObject({ ...waits, status: 'running', started_at: '2026-01-02T03:04:05.026Z' });
  });

  it.each(FAILURES)('presents the whole of %j', (outcome, expected) => {
    const presented = present(endedWith(outcome));
    expect(presented).toMatchObject({ ...expected, run_time: 0.123, pid: 4711 });
    expect(presented.outcome).toMatchObject({ result: null, error: presented.message, ...OUTPUT });
  });

  it('presents a job that was cancelled before it ran', () => {
    const run = { startedAtMs: null, execution: { outcome: CANCELLED, pid: null, runTimeMs: 0 } };
    const record = { ...ended({ state: 'cancelled', run }), startedAtMs: null };
    const times = { started_at: null, run_time: 0, queue_time: 0.15, total_time: 0.15 };
    expect(present(record)).toMatchObject({ status: 'cancelled', code: 400, pid: null, ...times });
  });

  it('presents a job that came to no outcome as our own fault', () => {
    const verdict = { status: 'lost', code: 500, message: 'An internal server error occurred', outcome: null };
    expect(present(LOST)).toMatchObject({ ...verdict, run_time: 0, total_time: 0.15, pid: null, queue_length: 2 });
  });

  it('always has the same members in the same order', () => {
    const records = [QUEUED, RUNNING, LOST, endedWith(RETURNED), ...FAILURES.map(([outcome]) => endedWith(outcome))];
    for (const record of records) {
      expect(Object.keys(present(record)).join(' ')).toBe(MEMBERS);
      const { outcome } = present(record);
      if (outcome !== null) expect(Object.keys(outcome as object).join(' ')).toBe(OUTCOME_MEMBERS);
    }
  });

  it.each(['123456789012345678901234567890', '1.0', '1e400', '-0', '[1.10,{"a":1E+2}]'])(
    'passes the result %s on digit for digit',
    (resultJson) => {
      expect(presenter.present(endedWith({ ...OUTPUT, kind: 'returned', resultJson }))).toContain(
        `"outcome":{"kind":"returned","result":${resultJson},"error":null,`,
      );
    },
  );

  it('stays JSON, whatever caller and program put in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.json(),
        (requestId, stdout, resultJson) => {
          const facts: JobFacts = { ...QUEUED.facts, requestId };
          const record = { ...endedWith({ kind: 'returned', resultJson, stdout, stderr: stdout }), facts };
          expect(present(record)).toMatchObject({ id: requestId, outcome: { stdout, stderr: stdout } });
          expect(present(record).outcome).toHaveProperty('result', JSON.parse(resultJson));
        },
      ),
    );
  });

  describe('with a webhook', () => {
    it('shows where it goes without the credentials, in nothing that it says', () => {
      const url = 'https://user:pass%20word@example.com:8443/hook?a=1#part';
      const text = presenter.present(withWebhook(url, { state: 'pending', tries: [], series: 0, earlierTries: 0 }));
      expect(JSON.parse(text)).toMatchObject({
        webhook: { url: 'https://example.com:8443/hook?a=1#part', status: 'pending' },
      });
      expect(text).not.toMatch(/user|pass/);
    });

    it('lists each try', () => {
      const tries = [
        {
          startedAtMs: ACCEPTED_AT_MS,
          durationMs: 1_250,
          status: 503,
          failure: null,
          nextTryAtMs: ACCEPTED_AT_MS + 5_000,
        },
        { startedAtMs: ACCEPTED_AT_MS + 5_000, durationMs: 10, status: null, failure: 'timeout', nextTryAtMs: null },
      ];
      const presented = present(
        withWebhook('https://example.com/', { state: 'failed', tries, series: 0, earlierTries: 0 }),
      );
      expect(presented.webhook).toEqual({ url: 'https://example.com/', status: 'failed' });
      expect(presented.deliveries).toEqual([
        {
          attempt: 1,
          started_at: '2026-01-02T03:04:05.006Z',
          duration: 1.25,
          status: 503,
          error: null,
          next_attempt_at: '2026-01-02T03:04:10.006Z',
        },
        {
          attempt: 2,
          started_at: '2026-01-02T03:04:10.006Z',
          duration: 0.01,
          status: null,
          error: 'timeout',
          next_attempt_at: null,
        },
      ]);
    });
  });
});
