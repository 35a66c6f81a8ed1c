import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { bringTo, endingIn, recordOf, startAs, WAIT_KEY } from '../../test/support/recorded-jobs';
import { sampleCaller } from '../../test/support/sample-caller';
import { sampleFacts } from '../../test/support/sample-job';
import { type JobFacts } from '../domain/job-record';
import { type JobState } from '../domain/job-state';
import { RecordPresenter } from '../envelope/record.presenter';
import { describeService } from '../envelope/service-facts';
import { recordKey } from '../records/record-keys';
import { JobService } from './job.service';

const CALLER = sampleCaller();
const STRANGER = sampleCaller({ name: 'stranger' });

describe(JobService.name, () => {
  const presenter = new RecordPresenter(describeService('1.0.0'));
  let redis: PrivateRedis;
  let instance: Instance;
  let jobs: JobService;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    instance = await Instance.open(redis);
    jobs = new JobService(instance.records, instance.canceller, presenter, instance.outbox, instance.connections);
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  async function jobIn(state: JobState): Promise<JobFacts> {
    const facts = sampleFacts();
    await instance.add(facts);
    await bringTo(state, instance.records, facts.id);
    return facts;
  }

  it('shows a caller the record of its own job, which no cache may keep', async () => {
    const { id } = await jobIn('succeeded');
    const body = presenter.present(await recordOf(instance.records, id));
    expect(await jobs.describe(id, CALLER)).toEqual({ status: 200, body, headers: { 'Cache-Control': 'no-store' } });
  });

  it('knows of no job of another caller, and does nothing to it', async () => {
    const { id } = await jobIn('queued');
    await expect(jobs.describe(id, STRANGER)).rejects.toMatchObject({ code: 'notFound' });
    await expect(jobs.cancel(id, STRANGER)).rejects.toMatchObject({ code: 'notFound' });
    expect(await instance.waiting()).toEqual([id]);
  });

  it.each([
    '00000000-0000-4000-8000-000000000000',
    '00000000-0000-4000-8000-00000000000A',
    '',
    '*',
    '../jobs',
    'x'.repeat(99),
  ])('knows of no job %p', async (id) => {
    await jobIn('queued');
    await expect(jobs.describe(id, CALLER)).rejects.toMatchObject({ code: 'notFound' });
    await expect(jobs.cancel(id, CALLER)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('says so when Redis is away', async () => {
    const { id } = await jobIn('queued');
    await redis.takeAway();
    await expect(jobs.describe(id, CALLER)).rejects.toMatchObject({ code: 'queueUnavailable' });
    await expect(jobs.cancel(id, CALLER)).rejects.toMatchObject({ code: 'queueUnavailable' });
  });

  describe('cancel', () => {
    it('ends a job that waits, once and for all', async () => {
      const { id } = await jobIn('queued');
      const answer = await jobs.cancel(id, CALLER);
      expect(answer).toEqual(await jobs.describe(id, CALLER));
      expect(JSON.parse(answer.body)).toMatchObject({ job_id: id, status: 'cancelled' });
      expect(await jobs.cancel(id, CALLER)).toEqual(answer);
    });

    it('waits until a job that runs has been killed', async () => {
      const worker = await Instance.open(redis);
      const { id } = await jobIn('queued');
      await startAs(worker.records, id, worker.channel.address, 1_000);
      worker.channel.on('cancel', ({ jobId }) => {
        void worker.records.end(endingIn('cancelled', jobId), WAIT_KEY);
      });
      const { status, body } = await jobs.cancel(id, CALLER);
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        status: 'cancelled',
        outcome: { kind: 'cancelled', stdout: 'partial' },
      });
    });

    it('waits for no worker that does not hear', async () => {
      const deaf = await Instance.open(redis);
      const { id } = await jobIn('queued');
      await startAs(deaf.records, id, deaf.channel.address, 1_000);
      const told = deaf.listen('cancel');
      const { status, body } = await jobs.cancel(id, CALLER);
      expect(status).toBe(202);
      expect(JSON.parse(body)).toMatchObject({ status: 'running' });
      await eventually('it was told', () => told.length === 1);
    });

    it.each<JobState>(['succeeded', 'failed', 'timed_out', 'lost'])(
      'leaves a job as it is that is %s',
      async (state) => {
        const { id } = await jobIn(state);
        const before = await jobs.describe(id, CALLER);
        await expect(jobs.cancel(id, CALLER)).rejects.toMatchObject({ code: 'jobFinished' });
        expect(await jobs.describe(id, CALLER)).toEqual(before);
      },
    );

    it('finds nothing any more where the record expires meanwhile', async () => {
      const { id } = await jobIn('running');
      jest.spyOn(instance.canceller, 'cancel').mockImplementationOnce(async () => {
        await instance.connections.commands.del(recordKey(id));
      });
      await expect(jobs.cancel(id, CALLER)).rejects.toMatchObject({ code: 'notFound' });
    });
  });
});
