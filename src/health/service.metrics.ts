import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { BUILD_VERSION } from '../config/project';
import { Settings } from '../config/settings';
import { Sandbox } from '../sandbox/sandbox';

/** What runs here, and whether it is ready. */
@Injectable()
export class ServiceMetrics implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly ready: Gauge;

  constructor(registry: Registry, { buildNumber, role }: Settings, @Optional() sandbox?: Sandbox) {
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
    this.ready = new Gauge({
      name: 'pyexec_ready',
      help: 'What GET /health/ready has said last: 1 ready, 0 not.',
      registers: [registry],
    });
  }

  noteReadiness(isReady: boolean): void {
    this.ready.set(isReady ? 1 : 0);
  }

  /** A start ends with a Redis that answers and, where programs are run, with one that has been. */
  onApplicationBootstrap(): void {
    this.noteReadiness(true);
  }

  onModuleDestroy(): void {
    this.noteReadiness(false);
  }
}
