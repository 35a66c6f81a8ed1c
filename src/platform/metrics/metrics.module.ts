import { Global, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HttpMetrics } from '../http/http.metrics';
import { MetricsController } from './metrics.controller';
import { MetricsTokenGuard } from './metrics-token.guard';

/** Of the metrics that prom-client brings, those of the process and of its event loop's lag: the others cost more than they say. */
const PROCESS_METRICS = /^(process|nodejs_eventloop_lag)_/;

function makeRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    if (!PROCESS_METRICS.test(name)) registry.removeSingleMetric(name);
  }
  return registry;
}

/** `GET /metrics`, and where each feature registers the metrics of its own. Global, as every feature has some. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [{ provide: Registry, useFactory: makeRegistry }, MetricsTokenGuard, HttpMetrics],
  exports: [Registry],
})
export class MetricsModule {}
