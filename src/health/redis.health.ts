import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { errorName } from '../domain/startup-error';
import { RedisConnections } from '../platform/redis/redis-connections';
import { within } from '../platform/within';

/** Those who ask wait for a second (Kubernetes' own limit) or longer: an answer that is later is none. */
const PATIENCE_MS = 900;

/** Whether Redis answers. */
@Injectable()
export class RedisHealth {
  private ping: Promise<unknown> | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly connections: RedisConnections,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('redis');
    try {
      // One question for all who ask meanwhile: a Redis that hangs is not asked more and more.
      this.ping ??= this.connections.commands.ping().finally(() => {
        this.ping = null;
      });
      await within(PATIENCE_MS, 'answer', this.ping);
      return indicator.up();
    } catch (error) {
      return indicator.down(errorName(error));
    }
  }
}
