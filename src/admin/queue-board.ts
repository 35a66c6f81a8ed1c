import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import { InjectQueue } from '@nestjs/bull';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Application, type NextFunction, type Request, type Response } from 'express';
import { Settings } from '../config/settings';
import { PublicError } from '../domain/error-catalogue';
import { EXECUTION_QUEUE, type ExecutionQueue } from '../jobs/execution-queue';
import { RedisConnections } from '../platform/redis/redis-connections';
import { isUnreachable, REDIS_PATIENCE_MS } from '../platform/redis/when-reachable';
import { WEBHOOK_QUEUE, type WebhookQueue } from '../webhooks/webhook-queue';
import { AdminPassword } from './admin-password';
import { QueueView } from './queue-view';

const PATH = '/admin/queues';
/** How often an open page asks anew, in seconds. */
const POLLING_INTERVAL_SECONDS = 5;

/** Shows the queues in a browser, below {@link PATH}, to whoever has the operator's password. Without one there is no such path. */
@Injectable()
export class QueueBoard implements OnModuleInit {
  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly executions: ExecutionQueue,
    @InjectQueue(WEBHOOK_QUEUE) private readonly webhooks: WebhookQueue,
    private readonly connections: RedisConnections,
    private readonly settings: Settings,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const { adminPassword } = this.settings;
    if (adminPassword === null) return;
    const password = new AdminPassword(adminPassword);
    const admit = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
      password.check(request, response);
      await this.requireReadable(request, response);
      next();
    };
    this.adapterHost.httpAdapter.use(PATH, admit, this.board());
  }

  private async requireReadable(request: Request, response: Response): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new PublicError('methodNotAllowed');
    }
    if (!request.path.startsWith('/api/')) return;
    response.setHeader('Cache-Control', 'no-store');
    if (!(await this.connections.ready(REDIS_PATIENCE_MS))) throw new PublicError('queueUnavailable');
  }

  private board(): Application {
    const { adminShowJobData } = this.settings;
    const pages = new ExpressAdapter().setBasePath(PATH);
    createBullBoard({
      queues: [this.executions, this.webhooks].map((queue) => new QueueView(queue, adminShowJobData)),
      serverAdapter: pages,
      options: {
        uiConfig: {
          boardTitle: 'Queues',
          pollingInterval: { forceInterval: POLLING_INTERVAL_SECONDS },
          // It would list every connection to Redis each time.
          showWorkers: false,
        },
      },
    });
    pages.setErrorHandler((error) => {
      // It ends where all errors of the service do.
      throw publicError(error);
    });
    const router = pages.getRouter() as Application;
    return router.disable('x-powered-by');
  }
}

function publicError(error: Error): Error {
  if (isUnreachable(error)) return new PublicError('queueUnavailable', { cause: error });
  // A query that is badly encoded.
  return error instanceof URIError ? new PublicError('invalidRequest', { cause: error }) : error;
}
