import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';

/** Where each feature registers the metrics of its own. Global, as every feature has some. */
@Global()
@Module({
  providers: [{ provide: Registry, useFactory: () => new Registry() }],
  exports: [Registry],
})
export class MetricsModule {}
