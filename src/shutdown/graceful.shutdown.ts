import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { ExecutionProcessor } from '../jobs/execution.processor';
import { ExecutionProducer } from '../jobs/execution.producer';
import { WorkerCensus } from '../jobs/worker.census';
import { RedisConnections } from '../platform/redis/redis-connections';
import { unlessLate } from '../platform/within';
import { WebhookProcessor } from '../webhooks/webhook.processor';
import { ConnectionDrain } from './connection.drain';

/** Time the last answers have to reach their callers before connections are cut. */
const FLUSH_TIMEOUT_MS = 1_000;
/** Time that Redis has for what is taken back and let go. One that hangs does neither. */
const LET_GO_TIMEOUT_MS = 3_000;

/**
 * Lets the service end without losing an answer. Runs while the server still listens and everything else is still up:
 * 1. new executions get 503; 2. the worker takes no more jobs and finishes those it has, while those that wait are left to other
 * workers (where there is none, it first runs those that somebody waits for here); 3. accepted callers are answered, and the
 * tries to deliver that are under way end; 4. what is left when the grace is over is taken back or abandoned. Then Nest stops
 * the server, and the modules end in reverse order: Redis last.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown {
  private readonly hurried = Promise.withResolvers<undefined>();

  constructor(
    private readonly settings: Settings,
    private readonly http: HttpAdapterHost,
    private readonly connections: ConnectionDrain,
    private readonly census: WorkerCensus,
    private readonly redis: RedisConnections,
    private readonly logger: PinoLogger,
    @Optional() private readonly producer?: ExecutionProducer,
    @Optional() private readonly worker?: ExecutionProcessor,
    @Optional() private readonly webhooks?: WebhookProcessor,
  ) {
    logger.setContext(GracefulShutdown.name);
  }

  /** Ends the grace now, or as soon as it begins. */
  hurry(): void {
    this.hurried.resolve(undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.producer?.refuseNewJobs();
    const graceOver = new AbortController();
    const grace = sleep(this.settings.shutdownGraceSeconds * 1000, undefined, { signal: graceOver.signal });
    await Promise.race([this.finishAccepted(), grace, this.hurried.promise]);
    graceOver.abort();
    grace.catch(() => undefined);
    const released = await unlessLate(
      LET_GO_TIMEOUT_MS,
      this.letGo().then(() => true),
    );
    // What Redis still keeps waiting would keep the modules waiting, too.
    if (released === null) this.redis.close();
    this.cutConnectionsSoon();
  }

  /** Never throws: with Redis away what can be finished without it is. */
  private async finishAccepted(): Promise<void> {
    try {
      if (!(await this.canLeaveQueue())) await this.producer?.whenAllAnswered();
      await Promise.all([this.producer?.whenAllAnswered(), this.worker?.finish()]);
      await this.webhooks?.finish();
    } catch (error) {
      this.logger.warn({ err: error }, 'Not all could be finished');
    }
    await this.connections.whenQuiet();
  }

  /** Whether the jobs that wait can be left to others: there are some, or nobody waits for one of them here. */
  private async canLeaveQueue(): Promise<boolean> {
    const { worker, producer } = this;
    if (worker === undefined || producer === undefined) return true;
    if (await this.census.leave()) return true;
    return producer.awaitedJobs().every((jobId) => worker.runs(jobId));
  }

  private async letGo(): Promise<void> {
    await this.producer?.abandonPending();
    const released = await Promise.allSettled([this.worker?.abandon(), this.webhooks?.abandon()]);
    for (const { reason } of released.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) {
      this.logger.debug({ err: reason as unknown }, 'A queue could not be let go');
    }
  }

  /** Callers may keep idle connections open, or be slow to read: Nest would wait for them. */
  private cutConnectionsSoon(): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    setTimeout(() => {
      server.closeAllConnections();
    }, FLUSH_TIMEOUT_MS).unref();
  }
}
