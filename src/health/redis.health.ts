import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { errorName } from '../domain/startup-error';
import { RedisConnections } from '../platform/redis/redis-connections';

/** Whether Redis answers. */
@Injectable()
export class RedisHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly connections: RedisConnections,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('redis');
    try {
      await this.connections.commands.ping();
      return indicator.up();
    } catch (error) {
      return indicator.down(errorName(error));
    }
  }
}
