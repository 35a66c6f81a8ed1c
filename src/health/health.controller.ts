import { Controller, Get, UseFilters } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { HealthReportFilter } from './health-report.filter';
import { RedisHealth } from './redis.health';
import { SandboxHealth } from './sandbox.health';
import { ServiceHealth } from './service.health';

/** Probes (CONTRACT, "Operations"), without a key, in Terminus' format. */
@Controller('health')
@UseFilters(HealthReportFilter)
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly service: ServiceHealth,
    private readonly redis: RedisHealth,
    private readonly sandbox: SandboxHealth,
  ) {}

  /** 200 as long as the event loop runs. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.checks.check([]);
  }

  /** 200 when jobs can be accepted, or run, now; else 503. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.service.check(), () => this.redis.check(), () => this.sandbox.check()]);
  }
}
