import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Settings } from '../config/settings';
import { ExecutionProcessor } from '../jobs/execution.processor';
import { ExecutionProducer } from '../jobs/execution.producer';
import { WebhookProcessor } from '../webhooks/webhook.processor';

/** Time the last answers have to reach their callers before connections are cut. */
const FLUSH_TIMEOUT_MS = 1_000;

/**
 * Lets the service end without losing an answer. Runs while the server still listens and everything else is still up:
 * 1. new executions get 503; 2. accepted ones are run and answered; 3. the worker finishes what it has taken from other
 * instances, and the tries to deliver that are under way end; 4. what is left when the grace is over is taken back or
 * abandoned. Then Nest stops the server, and the modules end in reverse order: Redis last.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly settings: Settings,
    private readonly http: HttpAdapterHost,
    @Optional() private readonly producer?: ExecutionProducer,
    @Optional() private readonly worker?: ExecutionProcessor,
    @Optional() private readonly webhooks?: WebhookProcessor,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.producer?.refuseNewJobs();
    const graceOver = new AbortController();
    const grace = sleep(this.settings.shutdownGraceSeconds * 1000, undefined, { signal: graceOver.signal });
    await Promise.race([this.finishAccepted(), grace]);
    graceOver.abort();
    grace.catch(() => undefined);
    await this.producer?.abandonPending();
    await this.worker?.abandon();
    await this.webhooks?.abandon();
    this.cutConnectionsSoon();
  }

  private async finishAccepted(): Promise<void> {
    await this.producer?.whenAllAnswered();
    await this.worker?.finish();
    await this.webhooks?.finish();
  }

  /** Callers may keep idle connections open, or be slow to read: Nest would wait for them. */
  private cutConnectionsSoon(): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    setTimeout(() => {
      server.closeAllConnections();
    }, FLUSH_TIMEOUT_MS).unref();
  }
}
