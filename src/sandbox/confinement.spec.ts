import { readlinkSync } from 'node:fs';
import { type Outcome } from '../domain/outcome';
import { describeGaps, readConfinement } from './confinement';

type Findings = ReturnType<typeof readConfinement>;

const SOUND: Findings = {
  sharedNamespaces: [],
  seccomp: true,
  capabilities: false,
  hostUids: [100_000, 100_001],
  hostPathsVisible: false,
};

const KINDS = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'];

function found(namespaces: Record<string, string>): Outcome {
  return { kind: 'returned', stdout: '', stderr: '', resultJson: JSON.stringify({ ...SOUND, namespaces }) };
}

describe(readConfinement.name, () => {
  const ofItsOwn = Object.fromEntries(KINDS.map((kind) => [kind, `${kind}:[1]`]));

  it('passes on what the trial has found', () => {
    expect(readConfinement(found(ofItsOwn))).toEqual(SOUND);
  });

  it('names the namespaces that are this process’ own', () => {
    const shared = { ...ofItsOwn, net: readlinkSync('/proc/self/ns/net'), ipc: readlinkSync('/proc/self/ns/ipc') };
    expect(readConfinement(found(shared)).sharedNamespaces).toEqual(['ipc', 'net']);
  });

  it('throws with the outcome of a trial that failed', () => {
    const failed: Outcome = { kind: 'raised', stdout: '', stderr: '', traceback: 'OSError: no /proc' };
    expect(() => readConfinement(failed)).toThrow('no /proc');
  });
});

describe(describeGaps.name, () => {
  it('finds none in a sound jail, whether or not paths can be seen', () => {
    expect(describeGaps(SOUND)).toEqual([]);
    expect(describeGaps({ ...SOUND, hostPathsVisible: true })).toEqual([]);
  });

  it.each<[Partial<Findings>, string]>([
    [{ sharedNamespaces: ['net'] }, 'no net namespace of its own'],
    [{ seccomp: false }, 'no system call filter'],
    [{ capabilities: true }, 'capabilities'],
    [{ hostUids: [0, 100_001] }, 'root of this machine as a user'],
  ])('names %j', (gap, words) => {
    expect(describeGaps({ ...SOUND, ...gap })).toEqual([words]);
  });
});
