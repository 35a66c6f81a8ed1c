import { Injectable, Optional } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { BUILD_VERSION } from '../config/project';
import { Settings } from '../config/settings';
import { SharedReadings } from '../platform/redis/shared-readings';
import { within } from '../platform/within';
import { Sandbox } from '../sandbox/sandbox';
import { SandboxHealth } from './sandbox.health';
import { ServiceHealth } from './service.health';

/** A scrape waits no longer for a trial program; what that comes to is told by the next. */
const PATIENCE_MS = 500;

/** What runs here, and whether it is ready. */
@Injectable()
export class ServiceMetrics {
  constructor(
    registry: Registry,
    { buildNumber, role }: Settings,
    private readonly service: ServiceHealth,
    private readonly readings: SharedReadings,
    private readonly sandboxHealth: SandboxHealth,
    @Optional() sandbox?: Sandbox,
  ) {
    new Gauge({
      name: 'pyexec_build_info',
      help: 'Always 1: the labels say what runs here. python is empty where no programs are run.',
      labelNames: ['version', 'build', 'role', 'node', 'python'],
      registers: [registry],
    }).set(
      {
        ...{ version: BUILD_VERSION, build: buildNumber, role },
        ...{ node: process.versions.node, python: sandbox?.describe().python.version ?? '' },
      },
      1,
    );
    const isReady = (): Promise<boolean> => this.isReady();
    new Gauge({
      name: 'pyexec_ready',
      help: 'Whether jobs can be accepted, or run, at the time of the scrape: what GET /health/ready says.',
      registers: [registry],
      async collect() {
        this.set((await isReady()) ? 1 : 0);
      },
    });
  }

  /** What `/health/ready` asks, without a question to Redis of its own. */
  private async isReady(): Promise<boolean> {
    const trial = within(PATIENCE_MS, 'end of a trial program', this.sandboxHealth.check()).catch(() => null);
    const [isRedisUp] = await Promise.all([this.readings.isUp(), trial]);
    return isRedisUp && this.sandboxHealth.isUp && !this.service.isEnding;
  }
}
