import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Role, Settings } from '../config/settings';
import { KEY_PREFIX } from '../platform/redis/key-prefix';
import { RedisConnections } from '../platform/redis/redis-connections';
import { SharedReadings } from '../platform/redis/shared-readings';

const ROLES: readonly Role[] = ['api', 'worker', 'all'];
const CHANNELS = ROLES.map(roleChannel);

/** Tells how many instances run: each listens to a channel of its role, on which nothing is ever said, and Redis counts listeners. */
@Injectable()
export class InstanceMetrics implements OnModuleInit {
  constructor(
    readings: SharedReadings,
    private readonly connections: RedisConnections,
    private readonly settings: Settings,
  ) {
    const instances = readings.gauge({ name: 'pyexec_instances', help: 'instances that run.', labelNames: ['role'] });
    const take = (reply: unknown): void => {
      // Channel, number, channel, number, …
      const counts = reply as (string | number)[];
      ROLES.forEach((role, index) => {
        instances.set({ role }, Number(counts[2 * index + 1]));
      });
    };
    readings.add({ ask: (pipeline) => pipeline.pubsub('NUMSUB', ...CHANNELS), take }, [instances]);
  }

  /** The subscription ends with the connection, and so with the process, and comes back by itself after an outage. */
  async onModuleInit(): Promise<void> {
    await this.connections.subscriber.subscribe(roleChannel(this.settings.role));
  }
}

/** The channel on which all instances of a role listen. */
export function roleChannel(role: Role): string {
  return `${KEY_PREFIX}:roles:${role}`;
}
