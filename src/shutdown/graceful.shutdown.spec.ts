import { type Server } from 'node:http';
import { type HttpAdapterHost } from '@nestjs/core';
import { parseSettings } from '../config/settings.loader';
import { type ExecutionProcessor } from '../jobs/execution.processor';
import { type ExecutionProducer } from '../jobs/execution.producer';
import { GracefulShutdown } from './graceful.shutdown';

type FakeProducer = Pick<ExecutionProducer, 'refuseNewJobs' | 'whenAllAnswered' | 'abandonPending'>;
type FakeWorker = Pick<ExecutionProcessor, 'finish' | 'abandon'>;

describe(GracefulShutdown.name, () => {
  let steps: string[];

  function noting<T>(step: string, result: T): () => T {
    return () => {
      steps.push(step);
      return result;
    };
  }

  function makeShutdown(graceSeconds: number, answered: Promise<void>): GracefulShutdown {
    const producer: FakeProducer = {
      refuseNewJobs: noting('refuse', undefined),
      whenAllAnswered: noting('await answers', answered),
      abandonPending: noting('abandon pending', Promise.resolve()),
    };
    const worker: FakeWorker = {
      finish: noting('finish jobs', Promise.resolve()),
      abandon: noting('abandon jobs', Promise.resolve()),
    };
    const server: Pick<Server, 'closeAllConnections'> = { closeAllConnections: () => undefined };
    const http = { httpAdapter: { getHttpServer: () => server } };
    const settings = parseSettings({ SHUTDOWN_GRACE_SECONDS: `${graceSeconds}` });
    return new GracefulShutdown(
      settings,
      http as unknown as HttpAdapterHost,
      producer as ExecutionProducer,
      worker as ExecutionProcessor,
    );
  }

  beforeEach(() => {
    steps = [];
  });

  it('answers first, then finishes, then lets go', async () => {
    await makeShutdown(30, Promise.resolve()).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'finish jobs', 'abandon pending', 'abandon jobs']);
  });

  it('waits no longer than the grace', async () => {
    const never = new Promise<void>(() => undefined);
    await makeShutdown(0, never).beforeApplicationShutdown();
    expect(steps).toEqual(['refuse', 'await answers', 'abandon pending', 'abandon jobs']);
  });
});
