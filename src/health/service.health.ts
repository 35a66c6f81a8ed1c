import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

/** Down from the moment the service is told to stop, so that no balancer sends it anything more. */
@Injectable()
export class ServiceHealth implements OnModuleDestroy {
  private ending = false;

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** The first of Nest's hooks at the end: the others wait for each other. */
  onModuleDestroy(): void {
    this.ending = true;
  }

  /** Whether the service has been told to stop. */
  get isEnding(): boolean {
    return this.ending;
  }

  check(): HealthIndicatorResult {
    const indicator = this.indicators.check('service');
    return this.ending ? indicator.down('shutting down') : indicator.up();
  }
}
