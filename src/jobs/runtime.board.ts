import { Injectable } from '@nestjs/common';
import { KEY_PREFIX } from '../platform/redis/key-prefix';
import { RedisConnections } from '../platform/redis/redis-connections';

const KEY = `${KEY_PREFIX}:runtime`;
/** How long a worker's description outlives it. */
const LIFETIME_SECONDS = 90;

/** Where workers say what programs run in, for instances that run none themselves. JSON text. */
@Injectable()
export class RuntimeBoard {
  constructor(private readonly connections: RedisConnections) {}

  async post(description: string): Promise<void> {
    await this.connections.commands.set(KEY, description, 'EX', LIFETIME_SECONDS);
  }

  /** What a worker has said last; null when there is none. */
  async read(): Promise<string | null> {
    return this.connections.commands.get(KEY);
  }
}
