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
});
