import { ConsoleLogger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Settings } from '../../src/config/settings';
import { parseSettings } from '../../src/config/settings.loader';
import { SettingsModule } from '../../src/config/settings.module';
import { MetricsModule } from '../../src/platform/metrics/metrics.module';
import { Sandbox } from '../../src/sandbox/sandbox';
import { SandboxModule } from '../../src/sandbox/sandbox.module';

/** A sandbox with real jails in this process: one slot, and no preload sets of the operator's, where nothing else is set. */
export class ComposedSandbox implements AsyncDisposable {
  private constructor(private readonly module: TestingModule) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ComposedSandbox> {
    const module = await Test.createTestingModule({ imports: [SettingsModule, MetricsModule, SandboxModule] })
      .overrideProvider(Settings)
      .useValue(parseSettings({ WORKER_CONCURRENCY: '1', PYTHON_PRELOAD: '', ...environment }))
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .compile();
    await module.init();
    return new ComposedSandbox(module);
  }

  get sandbox(): Sandbox {
    return this.module.get(Sandbox);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.module.close();
  }
}
