import { constants } from 'node:os';
import { type INestApplication, Logger } from '@nestjs/common';
import { whenRead } from '../platform/logging/log.output';
import { unlessLate } from '../platform/within';
import { GracefulShutdown } from './graceful.shutdown';

type StopSignal = 'SIGTERM' | 'SIGINT';

/** Time that the log's reader has to take the last lines. */
const LOG_PATIENCE_MS = 1_000;
/** Time that the end may take once it is not to wait for jobs any more: jails and Redis are stopped, the latter in 10 seconds at most. */
const STOP_TIMEOUT_MS = 20_000;
/** The same for one who was told twice. */
const HURRIED_STOP_TIMEOUT_MS = 5_000;

/**
 * What SIGTERM and SIGINT do. The first ends the service in order, with code 0, in no more than the grace and some seconds.
 * The second ends the grace: jails, Redis and connections are closed at once, and the code is the shell's for that signal, 130
 * or 143. The third ends the process. One before the service has started ends it at once, too.
 */
export class StopSignals {
  private app: INestApplication | null = null;
  private graceSeconds = 0;
  private received = 0;
  private exitCode = 0;

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        this.take(signal);
      });
    }
  }

  /** From now on the service is ended in order. @param graceSeconds the time that jobs have */
  attach(app: INestApplication, graceSeconds: number): void {
    this.app = app;
    this.graceSeconds = graceSeconds;
  }

  private take(signal: StopSignal): void {
    this.received++;
    const code = 128 + constants.signals[signal];
    if (this.app === null || this.received > 2) process.exit(code);
    if (this.received === 1) {
      void this.end(this.app);
      this.exitWithin(this.graceSeconds * 1000 + STOP_TIMEOUT_MS, 1);
    } else {
      this.exitCode = code;
      this.app.get(GracefulShutdown, { strict: false }).hurry();
      this.exitWithin(HURRIED_STOP_TIMEOUT_MS, code);
    }
  }

  private async end(app: INestApplication): Promise<void> {
    try {
      await app.close();
    } catch (error) {
      new Logger(StopSignals.name).error('The service did not end in order', error instanceof Error ? error.stack : '');
      this.exitCode = 1;
    }
    await unlessLate(LOG_PATIENCE_MS, whenRead(process.stdout));
    process.exit(this.exitCode);
  }

  private exitWithin(milliseconds: number, code: number): void {
    setTimeout(() => {
      new Logger(StopSignals.name).error('The service did not end in time');
      process.exit(code);
    }, milliseconds).unref();
  }
}
