import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/admin.module';
import { type Role } from './config/settings';
import { SettingsModule } from './config/settings.module';
import { DocsModule } from './docs/docs.module';
import { EnvelopeModule } from './envelope/envelope.module';
import { ExecutionModule } from './execution/execution.module';
import { HealthModule } from './health/health.module';
import { ProducerModule } from './jobs/producer.module';
import { WorkerModule } from './jobs/worker.module';
import { LoggingModule } from './platform/logging/logging.module';
import { MetricsModule } from './platform/metrics/metrics.module';
import { RedisModule } from './platform/redis/redis.module';
import { TracingModule } from './platform/tracing/tracing.module';
import { SandboxModule } from './sandbox/sandbox.module';
import { ShutdownModule } from './shutdown/shutdown.module';
import { WebhookDeliveryModule } from './webhooks/webhook-delivery.module';

/** The service in one of its roles. */
@Module({})
export class AppModule {
  static forRole(role: Role): DynamicModule {
    const accepting = role === 'worker' ? [] : [ProducerModule, WebhookDeliveryModule];
    const running = role === 'api' ? [] : [WorkerModule];
    return {
      module: AppModule,
      imports: [
        SettingsModule,
        LoggingModule,
        MetricsModule,
        TracingModule,
        RedisModule,
        EnvelopeModule,
        ...accepting,
        ...(role === 'worker' ? [] : [ExecutionModule, AdminModule, DocsModule]),
        ...running,
        HealthModule.forParts(role === 'api' ? [] : [SandboxModule]),
        ShutdownModule.forHalves([...accepting, ...running]),
      ],
    };
  }
}
