import { Injectable } from '@nestjs/common';
import { RedisConnections } from '../platform/redis/redis-connections';
import { queueKey } from './execution-queue';

/** Says how many jobs wait. Answers made at the same moment share one question to Redis. */
@Injectable()
export class QueueLengthReader {
  private underWay: Promise<number> | null = null;
  private lastKnown = 0;

  constructor(private readonly connections: RedisConnections) {}

  /** Never throws: with Redis away it is the last length known, as an answer is worth more than its queue length. */
  async read(): Promise<number> {
    this.underWay ??= this.ask().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async ask(): Promise<number> {
    const { commands, pulse } = this.connections;
    if (commands.status === 'ready') {
      this.lastKnown = await pulse.unlessItHangs(commands.llen(queueKey('wait'))).catch(() => this.lastKnown);
    }
    return this.lastKnown;
  }
}
