import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** What asks whether an instance is ready finds out that it is not, and needs no more time for that. */
const PROBES = /^\/(health|metrics)\b/;
/** Somebody who still sends requests does so more often than this. */
const QUIET_MS = 100;
/** A balancer that asks each second or two whether an instance is ready has stopped sending by then. */
const MAX_LINGER_MS = 5_000;

/**
 * Lets an instance end without a request lost on a connection that is being closed: while it ends, each answer closes its
 * connection, which its caller is told with it (RFC 9112, section 9.6), and the instance listens as long as requests come.
 */
@Injectable()
export class ConnectionDrain implements OnModuleDestroy {
  private readonly answering = new Set<ServerResponse>();
  private drainingSince: number | null = null;
  private lastRequestAt = 0;

  /** Middleware. */
  readonly follow = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (this.drainingSince === null) {
      this.answering.add(response);
      response.once('close', () => this.answering.delete(response));
    } else {
      if (!PROBES.test(request.url ?? '')) this.lastRequestAt = performance.now();
      closeAfter(response);
    }
    next();
  };

  /** The first of Nest's hooks at the end. */
  onModuleDestroy(): void {
    this.drainingSince = performance.now();
    this.lastRequestAt = this.drainingSince;
    for (const response of this.answering) closeAfter(response);
  }

  /** Resolves when no more requests come, or 5 seconds after the service was told to stop. */
  async whenQuiet(quietMs = QUIET_MS, maxLingerMs = MAX_LINGER_MS): Promise<void> {
    const latest = (this.drainingSince ?? 0) + maxLingerMs;
    for (;;) {
      const until = Math.min(this.lastRequestAt + quietMs, latest);
      const waitMs = until - performance.now();
      if (waitMs <= 0) return;
      await sleep(waitMs);
    }
  }
}

/** Idle connections are not closed: a request may be on its way on each. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
