import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../../config/settings';
import { NoTracing, Tracing } from './tracing';

/** Nothing of OpenTelemetry's SDK is loaded where no collector is named. */
async function startTracing(settings: Settings, logger: PinoLogger): Promise<Tracing> {
  if (settings.otelExporterOtlpEndpoint === null) return new NoTracing();
  const { OpenTelemetryTracing } = await import('./open-telemetry.tracing.js');
  return new OpenTelemetryTracing(settings, logger);
}

/** Global, as a request's trace goes through every feature. */
@Global()
@Module({
  providers: [{ provide: Tracing, inject: [Settings, PinoLogger], useFactory: startTracing }],
  exports: [Tracing],
})
export class TracingModule implements OnApplicationShutdown {
  constructor(@Inject(Tracing) private readonly tracing: Tracing) {}

  /** By then the last answer has been sent, and the last job is over: every span has ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.tracing.flush();
  }
}
