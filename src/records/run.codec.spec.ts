import { type CompletedRun } from '../domain/completed-run';
import { decodeRun, encodeRun } from './run.codec';

function runWith(stdout: string): CompletedRun {
  const outcome = { kind: 'returned', resultJson: '12345678901234567890', stdout, stderr: '\ud800' } as const;
  return { startedAtMs: 1, execution: { outcome, pid: 2, runTimeMs: 3 } };
}

describe(encodeRun.name, () => {
  it.each([
    ['short', 'Hello\n'],
    ['long', 'Hällo €\n'.repeat(100_000)],
  ])('keeps a %s run as it is', async (_length, stdout) => {
    const run = runWith(stdout);
    await expect(decodeRun(Buffer.from(await encodeRun(run)))).resolves.toEqual(run);
  });

  it('makes a long run short', async () => {
    expect((await encodeRun(runWith('x'.repeat(1_000_000)))).length).toBeLessThan(10_000);
  });
});
