import { StartupError } from '../src/domain/startup-error';
import { SandboxModule } from '../src/sandbox/sandbox.module';
import { ComposedSandbox } from './support/composed-sandbox';

describe(SandboxModule.name, () => {
  it('runs a program by itself, without the rest of the service', async () => {
    await using composed = await ComposedSandbox.start({ SANDBOX_OUTPUT_KB: '1' });
    const started: number[] = [];
    const { outcome, pid, runTimeMs } = await composed.sandbox.run(
      { code: 'print("é")\n6 * 7', timeoutSeconds: 5 },
      { onStart: (id) => started.push(id) },
    );
    expect(outcome).toEqual({ kind: 'returned', stdout: 'é\n', stderr: '', resultJson: '42' });
    expect(started).toEqual([pid]);
    expect(runTimeMs).toBeGreaterThan(0);
  });

  it('refuses a Python that is none, when it is composed', async () => {
    await expect(ComposedSandbox.start({ PYTHON_BIN: '/bin/false' })).rejects.toBeInstanceOf(StartupError);
  });

  describe('describes what programs run in', () => {
    const PRELOAD = 'numpy;numpy,pandas';

    it('as plain data', async () => {
      await using composed = await ComposedSandbox.start({ PYTHON_PRELOAD: PRELOAD, SANDBOX_CPUS: '0.5' });
      const description = composed.sandbox.describe();
      expect(JSON.parse(JSON.stringify(description))).toEqual(description);
      expect(description).toMatchObject({
        python: { implementation: 'CPython', version: expect.stringMatching(/^3\.1[123]\.\d+$/) },
        limits: { memoryMebibytes: 256, processes: 64, tmpMebibytes: 64, outputKibibytes: 1024, cpus: 0.5 },
        preload: [['numpy'], ['numpy', 'pandas']],
      });
      const { version } = description.python;
      const { outcome } = await composed.sandbox.run({
        code: 'import platform\nplatform.python_version()',
        timeoutSeconds: 30,
      });
      expect(outcome).toMatchObject({ resultJson: JSON.stringify(version) });
    });

    it('with packages each of whose modules can be imported', async () => {
      await using composed = await ComposedSandbox.start({ PYTHON_PRELOAD: PRELOAD });
      const { packages } = composed.sandbox.describe();
      expect(packages.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['numpy', 'pandas', 'PyYAML', 'requests']),
      );
      for (const { name, version, modules } of packages) {
        expect(modules).not.toEqual([]);
        for (const module of modules) {
          const { outcome } = await composed.sandbox.run({
            code: `import ${module}, importlib.metadata\nreturn importlib.metadata.version('${name}')`,
            timeoutSeconds: 30,
          });
          expect([module, outcome]).toMatchObject([module, { kind: 'returned', resultJson: JSON.stringify(version) }]);
        }
      }
    });
  });
});
