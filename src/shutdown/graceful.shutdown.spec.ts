import { type Server } from 'node:http';
import { type HttpAdapterHost } from '@nestjs/core';
import { silentLogger } from '../../test/support/silent-logger';
import { parseSettings } from '../config/settings.loader';
import { type ExecutionProcessor } from '../jobs/execution.processor';
import { type ExecutionProducer } from '../jobs/execution.producer';
import { type WorkerCensus } from '../jobs/worker.census';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { type ConnectionDrain } from './connection.drain';
import { GracefulShutdown } from './graceful.shutdown';

type FakeProducer = Pick<ExecutionProducer, 'refuseNewJobs' | 'awaitedJobs' | 'whenAllAnswered' | 'abandonPending'>;
type FakeWorker = Pick<ExecutionProcessor, 'runs' | 'finish' | 'abandon'>;

interface Situation {
  readonly graceSeconds: number;
  /** Resolves when those who wait have their answers. */
  readonly answered?: Promise<void>;
  /** Whether others run jobs. */
  readonly hasOthers?: boolean;
  readonly awaited?: readonly string[];
}

const RUNNING = 'a job that runs here';
const NEVER = new Promise<void>(() => undefined);

describe(GracefulShutdown.name, () => {
  let steps: string[];

  function noting<T>(step: string, result: T): () => T {
    return () => {
      steps.push(step);
      return result;
    };
  }

  function makeShutdown({ graceSeconds, answered, hasOthers = false, awaited = [] }: Situation): GracefulShutdown {
    const producer: FakeProducer = {
      refuseNewJobs: noting('refuse', undefined),
      awaitedJobs: () => [...awaited],
      whenAllAnswered: noting('await answers', answered ?? Promise.resolve()),
      abandonPending: noting('abandon pending', Promise.resolve()),
    };
    const worker: FakeWorker = {
      runs: (jobId) => jobId === RUNNING,
      finish: noting('finish jobs', Promise.resolve()),
      abandon: noting('abandon jobs', Promise.resolve()),
    };
    const server: Pick<Server, 'closeAllConnections'> = { closeAllConnections: () => undefined };
    const http = { httpAdapter: { getHttpServer: () => server } };
    return new GracefulShutdown(
      parseSettings({ SHUTDOWN_GRACE_SECONDS: `${graceSeconds}` }),
      http as unknown as HttpAdapterHost,
      { whenQuiet: noting('listen on', Promise.resolve()) } as unknown as ConnectionDrain,
      { leave: () => Promise.resolve(hasOthers) } as unknown as WorkerCensus,
      { close: noting('leave Redis', undefined) } as unknown as RedisConnections,
      silentLogger(),
      producer as ExecutionProducer,
      worker as ExecutionProcessor,
    );
  }

  /** What is done once all is finished, or the grace is over. */
  const LAST = ['abandon pending', 'abandon jobs'];

  beforeEach(() => {
    steps = [];
  });

  it('takes no more jobs while it answers, and then lets go', async () => {
    await makeShutdown({ graceSeconds: 30, awaited: [RUNNING] }).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'finish jobs', 'listen on', ...LAST]);
  });

  it('first runs what is waited for here and nobody else would run', async () => {
    const situation = { graceSeconds: 30, awaited: [RUNNING, 'one that waits'] };
    await makeShutdown(situation).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'await answers', 'finish jobs', 'listen on', ...LAST]);
    steps = [];
    await makeShutdown({ ...situation, hasOthers: true }).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'finish jobs', 'listen on', ...LAST]);
  });

  it('waits no longer than the grace', async () => {
    await makeShutdown({ graceSeconds: 0, answered: NEVER, hasOthers: true }).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'finish jobs', ...LAST]);
  });

  it('waits no longer once it is told to hurry', async () => {
    const shutdown = makeShutdown({ graceSeconds: 30, answered: NEVER });
    const ended = shutdown.beforeApplicationShutdown();
    shutdown.hurry();
    await ended;
    expect(steps.slice(-2)).toEqual(LAST);
  });

  it('goes on without what Redis does not let it finish', async () => {
    await makeShutdown({ graceSeconds: 30, answered: Promise.reject(new Error('away')) }).beforeApplicationShutdown();
    expect(steps.slice(-3)).toEqual(['listen on', ...LAST]);
  });
});
