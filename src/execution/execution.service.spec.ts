import { sampleCaller } from '../../test/support/sample-caller';
import { RETURNED, sampleFacts, sampleRun } from '../../test/support/sample-job';
import { answerFromRecord } from '../domain/answered-job';
import { type EndedJob, type JobFacts, type JobRecord } from '../domain/job-record';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { describeService } from '../envelope/service-facts';
import { type ExecutionProducer, type Submission, type Submitted } from '../jobs/execution.producer';
import { type ExecutionTerms } from './execution-terms';
import { ExecutionService } from './execution.service';

const REQUEST = { code: '1+1', timeoutSeconds: 7 };
const CALLER = sampleCaller();
const SYNC: ExecutionTerms = { isAsync: false, idempotencyKey: null };
const REPLAYED = { 'Idempotency-Replayed': 'true' };

type FakeProducer = Pick<ExecutionProducer, 'submit' | 'abandon'>;

/** A producer of which one thing comes, and what was asked of it. */
function producing(submitted: Submitted): FakeProducer & { submissions: Submission[]; abandoned: JobFacts[] } {
  const submissions: Submission[] = [];
  const abandoned: JobFacts[] = [];
  return {
    submissions,
    abandoned,
    submit: (submission) => Promise.resolve((submissions.push(submission), submitted)),
    abandon: (facts) => void abandoned.push(facts),
  };
}

function record(differences: Partial<JobRecord> = {}): JobRecord {
  const facts = sampleFacts({ replyTo: 'an instance', isIdempotent: true });
  return { facts, state: 'running', startedAtMs: 1, worker: 'w', end: null, delivery: null, ...differences };
}

function ended(run = sampleRun()): EndedJob {
  const end = { state: 'succeeded', finishedAtMs: Date.now(), queueLength: 3, run } as const;
  return { ...record(), state: 'succeeded', end };
}

describe(ExecutionService.name, () => {
  const presenter = new OutcomePresenter(describeService('1.0.0'));
  const service = (producer: FakeProducer): ExecutionService =>
    new ExecutionService(producer as ExecutionProducer, presenter);

  describe('a request of its own', () => {
    it('is answered with what its job comes to', async () => {
      const job = ended();
      const producer = producing({ isRepeat: false, facts: job.facts, answer: Promise.resolve(answerFromRecord(job)) });
      const started = await service(producer).start(REQUEST, CALLER, SYNC);
      expect(producer.submissions).toEqual([{ request: REQUEST, caller: CALLER, ...SYNC }]);
      expect(started.id).toBe(job.facts.id);
      expect(await started.answer).toEqual(presenter.present(answerFromRecord(job)));
    });

    it('is answered at once when its caller does not want to wait', async () => {
      const facts = sampleFacts({ queueLength: 5 });
      const started = await service(producing({ isRepeat: false, facts, answer: null })).start(REQUEST, CALLER, SYNC);
      expect(started.answer).toEqual(presenter.acknowledge(facts));
    });

    it('fails when the service fails', async () => {
      const answer = Promise.reject(new Error('lost'));
      const started = await service(producing({ isRepeat: false, facts: sampleFacts(), answer })).start(
        REQUEST,
        CALLER,
        SYNC,
      );
      await expect(started.answer).rejects.toThrow('lost');
    });

    it('is given up when its caller goes', async () => {
      const facts = sampleFacts();
      const producer = producing({ isRepeat: false, facts, answer: new Promise(() => undefined) });
      (await service(producer).start(REQUEST, CALLER, SYNC)).abandon();
      expect(producer.abandoned).toEqual([facts]);
    });
  });

  describe('a repeat', () => {
    const repeat = (known: JobRecord): FakeProducer & { abandoned: JobFacts[] } =>
      producing({ isRepeat: true, record: known });

    it('is answered as the first was, byte for byte, and says that it is one', async () => {
      const job = ended(sampleRun({ ...RETURNED, kind: 'returned', resultJson: '1.10' }));
      const started = await service(repeat(job)).start(REQUEST, CALLER, SYNC);
      const first = presenter.present(answerFromRecord(job));
      expect(started.id).toBe(job.facts.id);
      expect(await started.answer).toEqual({ ...first, headers: { ...first.headers, ...REPLAYED } });
    });

    it('is answered with a failure where the first was', async () => {
      const job = ended(sampleRun({ kind: 'timedOut', timeoutSeconds: 7, stdout: '', stderr: '' }));
      expect(await (await service(repeat(job)).start(REQUEST, CALLER, SYNC)).answer).toMatchObject({
        status: 408,
        headers: REPLAYED,
      });
      const lost = { ...job, end: { ...job.end, run: null } };
      expect(await (await service(repeat(lost)).start(REQUEST, CALLER, SYNC)).answer).toMatchObject({
        status: 500,
        headers: REPLAYED,
      });
    });

    it.each(['queued', 'running'] as const)('is refused, and told the job, while the first is %s', async (state) => {
      const first = record({ state });
      const started = await service(repeat(first)).start(REQUEST, CALLER, SYNC);
      expect(started.id).toBe(first.facts.id);
      await expect(started.answer).rejects.toMatchObject({ code: 'idempotentRequestRunning' });
    });

    it.each([record(), ended()])(
      'of a request that was answered at once is answered likewise, however far it has come',
      async (job) => {
        const facts = { ...job.facts, replyTo: null, queueLength: 4 };
        const started = await service(repeat({ ...job, facts })).start(REQUEST, CALLER, SYNC);
        expect(await started.answer).toEqual({
          ...presenter.acknowledge(facts),
          headers: { 'Preference-Applied': 'respond-async', ...REPLAYED },
        });
      },
    );

    it('takes nothing along when its caller goes', async () => {
      const producer = repeat(ended());
      (await service(producer).start(REQUEST, CALLER, SYNC)).abandon();
      expect(producer.abandoned).toEqual([]);
    });
  });
});
