import { HealthIndicatorService } from '@nestjs/terminus';
import { type PinoLogger } from 'nestjs-pino';
import { Registry } from 'prom-client';
import { type Settings } from '../config/settings';
import { type SharedReadings } from '../platform/redis/shared-readings';
import { type Sandbox } from '../sandbox/sandbox';
import { SandboxHealth } from './sandbox.health';
import { ServiceHealth } from './service.health';
import { ServiceMetrics } from './service.metrics';

const DESCRIPTION = { python: { version: '3.13.0' } };

describe(ServiceMetrics.name, () => {
  const registry = new Registry();
  const service = new ServiceHealth(new HealthIndicatorService());
  const trial = jest.fn<Promise<object>, []>();
  const readings = { isUp: jest.fn<Promise<boolean>, []>() };
  const logger = { setContext: jest.fn(), info: jest.fn(), error: jest.fn() };
  const sandbox = { check: trial, describe: () => DESCRIPTION } as unknown as Sandbox;
  const health = new SandboxHealth(new HealthIndicatorService(), logger as unknown as PinoLogger, sandbox);
  const settings = { buildNumber: '1', role: 'all' } as Settings;
  new ServiceMetrics(registry, settings, service, readings as unknown as SharedReadings, health, sandbox);

  beforeEach(() => {
    trial.mockResolvedValue({});
    readings.isUp.mockResolvedValue(true);
  });

  const ready = async (): Promise<string> => {
    const text = await registry.getSingleMetricAsString('pyexec_ready');
    return /^pyexec_ready (\S+)$/m.exec(text)?.[1] ?? '';
  };

  it('is 1 while all is well, and 0 without Redis, though nobody probes', async () => {
    expect(await ready()).toBe('1');
    readings.isUp.mockResolvedValue(false);
    expect(await ready()).toBe('0');
  });

  it('is 0 while no program can be run, which is logged once for each change', async () => {
    trial.mockRejectedValue(new Error('no jail'));
    expect([await ready(), await ready(), await ready()]).toEqual(['0', '0', '0']);
    expect(logger.error).toHaveBeenCalledTimes(1);
    trial.mockResolvedValue({});
    expect([await ready(), await ready()]).toEqual(['1', '1']);
    expect(logger.info).toHaveBeenCalledTimes(1);
  });

  it('does not wait for a trial that takes long, and says what was known last', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    trial.mockReturnValue(promise);
    expect(await ready()).toBe('1');
    resolve({});
  });

  it('is 0 once the service is told to stop', async () => {
    service.onModuleDestroy();
    expect(await ready()).toBe('0');
  });
});
