import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller';
import { RedisHealth } from './redis.health';
import { SandboxHealth } from './sandbox.health';
import { ServiceHealth } from './service.health';
import { ServiceMetrics } from './service.metrics';

/** Says whether this process lives, and whether it can do its work. */
@Module({})
export class HealthModule {
  /** @param parts modules that export what is asked about, beside Redis: the sandbox, where this process has one */
  static forParts(parts: Type[]): DynamicModule {
    return {
      module: HealthModule,
      // Its own log lines would be errors, on a service that is only starting or ending.
      imports: [TerminusModule.forRoot({ logger: false }), ...parts],
      controllers: [HealthController],
      providers: [RedisHealth, SandboxHealth, ServiceHealth, ServiceMetrics],
    };
  }
}
