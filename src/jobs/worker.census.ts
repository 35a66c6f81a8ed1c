import { Injectable } from '@nestjs/common';
import { type Role, Settings } from '../config/settings';
import { RedisConnections } from '../platform/redis/redis-connections';
import { unlessLate } from '../platform/within';
import { roleChannel } from './instance.metrics';

/** A Redis that takes longer is as good as away. */
const PATIENCE_MS = 1_000;
const WORKING_ROLES: readonly Role[] = ['worker', 'all'];

/** Who runs jobs: as for the metric of instances, Redis is asked who listens on the channels of their roles. */
@Injectable()
export class WorkerCensus {
  constructor(
    private readonly connections: RedisConnections,
    private readonly settings: Settings,
  ) {}

  /** Has this instance, which ends, counted no more. Never throws. @returns whether others run jobs, as far as can be told */
  async leave(): Promise<boolean> {
    return (await unlessLate(PATIENCE_MS, this.leaveAndCount()).catch(() => null)) ?? false;
  }

  private async leaveAndCount(): Promise<boolean> {
    const { commands, subscriber } = this.connections;
    await subscriber.unsubscribe(roleChannel(this.settings.role));
    // Channel, number, channel, number, …
    const counts = await commands.pubsub('NUMSUB', ...WORKING_ROLES.map(roleChannel));
    return counts.some((count) => Number(count) > 0);
  }
}
