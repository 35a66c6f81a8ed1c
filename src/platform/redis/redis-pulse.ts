import { setMaxListeners } from 'node:events';
import { setImmediate as afterInput } from 'node:timers/promises';
import { type Redis } from 'ioredis';
import { untilAborted } from '../until-aborted';

const INTERVAL_MS = 250;
/** A server that has answered nothing for this long hangs. One that waits for its disk, or forks, takes less. */
const HANGS_AFTER_MS = 1_000;

/**
 * Notices a Redis that hangs: it takes commands on a connection, and answers none. ioredis would notice nothing, as the connection
 * stays. All answers come in order, so one that hangs keeps no caller waiting for longer than any other.
 */
export class RedisPulse {
  private askedAt: number | null = null;
  private hung = newController();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly connection: Redis) {
    this.timer = setInterval(() => void this.beat(), INTERVAL_MS).unref();
  }

  get hangs(): boolean {
    return this.hung.signal.aborted;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What some work of this connection comes to. The work itself goes on. @throws Error as soon as Redis is found to hang */
  async unlessItHangs<T>(work: Promise<T>): Promise<T> {
    return untilAborted(work, this.hung.signal);
  }

  private get waits(): boolean {
    return this.askedAt !== null;
  }

  private async beat(): Promise<void> {
    if (this.askedAt === null) {
      if (this.connection.status === 'ready') await this.ask();
    } else if (performance.now() - this.askedAt > HANGS_AFTER_MS) {
      // It is this process that has not looked, if there is an answer now.
      await afterInput();
      if (this.waits) this.hung.abort(new Error('Command timed out: Redis hangs'));
    }
  }

  private async ask(): Promise<void> {
    this.askedAt = performance.now();
    // One that fails says that the connection is gone, which is no hanging.
    await this.connection.ping().catch(() => undefined);
    this.askedAt = null;
    if (this.hangs) this.hung = newController();
  }
}

/** One of which all work under way is told. */
function newController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
