import { Injectable } from '@nestjs/common';
import { RedisConnections } from '../platform/redis/redis-connections';
import { queueKey } from './execution-queue';

/** A worker that is started again takes less. */
const GONE_AFTER_MS = 20_000;
/** Who asks does so at least this often, see `PendingAnswers`: what was seen before is of no use. */
const ASKED_AT_LEAST_EVERY_MS = 35_000;

/** Notices that no worker takes jobs: one waits, and none runs, at each look for a while. */
@Injectable()
export class AbsentWorkers {
  private idleSince: number | null = null;
  private lookedAt = -Infinity;

  constructor(private readonly connections: RedisConnections) {}

  /** To be asked while a job waits, again and again. @throws Error with Redis away */
  async areGone(now = performance.now()): Promise<boolean> {
    // A job that runs has its worker's lock, or is found to have lost it within seconds.
    const running = await this.connections.commands.llen(queueKey('active'));
    if (running > 0 || now - this.lookedAt > ASKED_AT_LEAST_EVERY_MS) this.idleSince = null;
    this.lookedAt = now;
    if (running === 0) this.idleSince ??= now;
    return this.idleSince !== null && now - this.idleSince >= GONE_AFTER_MS;
  }
}
