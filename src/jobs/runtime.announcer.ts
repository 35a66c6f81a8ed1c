import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Sandbox } from '../sandbox/sandbox';
import { RuntimeBoard } from './runtime.board';

const INTERVAL_MS = 30_000;

/** Keeps saying what programs run in here, as long as this worker lives. */
@Injectable()
export class RuntimeAnnouncer implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly board: RuntimeBoard,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(RuntimeAnnouncer.name);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.announce(), INTERVAL_MS).unref();
    await this.announce();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async announce(): Promise<void> {
    await this.board.post(JSON.stringify(this.sandbox.describe())).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'The runtime could not be described');
    });
  }
}
