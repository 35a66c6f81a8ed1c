import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { RedisConnections } from '../platform/redis/redis-connections';
import { KEY_PREFIX } from './execution-queue';
import { type Reply } from './reply';

const RETRY_INTERVAL_MS = 1_000;
const MAX_ATTEMPTS = 10;

type ReplyListener = (reply: Reply) => void;

/**
 * Carries replies from workers to the instance that waits for them: within a process by a call, else through a Redis
 * channel that only this instance listens to, so that the cost of a reply does not grow with the number of instances.
 */
@Injectable()
export class ReplyChannel {
  /** Where replies to this instance go. */
  readonly address = `${KEY_PREFIX}:replies:${randomUUID()}`;
  private listener: ReplyListener | null = null;

  constructor(
    private readonly connections: RedisConnections,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(ReplyChannel.name);
  }

  /** Starts to receive. The subscription survives outages of Redis; replies sent during one are lost. */
  async listen(listener: ReplyListener): Promise<void> {
    this.listener = listener;
    const { subscriber } = this.connections;
    subscriber.on('message', (channel, message) => {
      if (channel === this.address) listener(JSON.parse(message) as Reply);
    });
    await subscriber.subscribe(this.address);
  }

  /** Sends a reply. Tries for some seconds when Redis or the receiver is away, then gives up; never throws. */
  async send(address: string, reply: Reply): Promise<void> {
    if (address === this.address && this.listener !== null) {
      this.listener(reply);
      return;
    }
    await this.publish(address, JSON.stringify(reply), 1);
  }

  private async publish(address: string, message: string, attempt: number): Promise<void> {
    const receivers = await this.connections.commands.publish(address, message).catch(() => 0);
    if (receivers > 0) return;
    if (attempt === MAX_ATTEMPTS) {
      this.logger.warn({ address }, 'Nobody took a reply');
      return;
    }
    setTimeout(() => void this.publish(address, message, attempt + 1), RETRY_INTERVAL_MS).unref();
  }
}
