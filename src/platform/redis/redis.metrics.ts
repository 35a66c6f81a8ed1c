import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { SharedReadings } from './shared-readings';

/** Whether Redis answers, and how full it is. */
@Injectable()
export class RedisMetrics {
  constructor(registry: Registry, readings: SharedReadings) {
    new Gauge({
      name: 'pyexec_redis_up',
      help: 'Whether Redis answers this instance.',
      registers: [registry],
      async collect() {
        this.set((await readings.isUp()) ? 1 : 0);
      },
    });
    const used = readings.gauge({ name: 'pyexec_redis_memory_used_bytes', help: 'memory that Redis uses.' });
    const max = readings.gauge({
      name: 'pyexec_redis_memory_max_bytes',
      help: 'memory that Redis may use; 0: as much as there is.',
    });
    const take = (info: unknown): void => {
      used.set(numberIn(String(info), 'used_memory'));
      max.set(numberIn(String(info), 'maxmemory'));
    };
    readings.add({ ask: (pipeline) => pipeline.info('memory'), take }, [used, max]);
  }
}

/** A line of what `INFO` says. */
function numberIn(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}
