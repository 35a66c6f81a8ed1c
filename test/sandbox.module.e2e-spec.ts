import { ConsoleLogger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Settings } from '../src/config/settings';
import { parseSettings } from '../src/config/settings.loader';
import { SettingsModule } from '../src/config/settings.module';
import { StartupError } from '../src/domain/startup-error';
import { Sandbox } from '../src/sandbox/sandbox';
import { SandboxModule } from '../src/sandbox/sandbox.module';

async function compose(environment: Readonly<Record<string, string>>): Promise<TestingModule> {
  return Test.createTestingModule({ imports: [SettingsModule, SandboxModule] })
    .overrideProvider(Settings)
    .useValue(parseSettings({ WORKER_CONCURRENCY: '1', PYTHON_PRELOAD: '', ...environment }))
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
}

describe(SandboxModule.name, () => {
  it('runs a program by itself, without the rest of the service', async () => {
    const module = await compose({ SANDBOX_OUTPUT_KB: '1' });
    try {
      await module.init();
      const started: number[] = [];
      const { outcome, pid, runTimeMs } = await module
        .get(Sandbox)
        .run({ code: 'print("é")\n6 * 7', timeoutSeconds: 5 }, { onStart: (id) => started.push(id) });
      expect(outcome).toEqual({ kind: 'returned', stdout: 'é\n', stderr: '', resultJson: '42' });
      expect(started).toEqual([pid]);
      expect(runTimeMs).toBeGreaterThan(0);
    } finally {
      await module.close();
    }
  });

  it('refuses a Python that is none, when it is composed', async () => {
    await expect(compose({ PYTHON_BIN: '/bin/false' })).rejects.toBeInstanceOf(StartupError);
  });
});
