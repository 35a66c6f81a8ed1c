import { readlinkSync } from 'node:fs';
import { type Outcome } from '../domain/outcome';
import { type Confinement, type Program } from './sandbox';

const NAMESPACES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'];

/** Looks around in its jail, and does not stop at what it is told: the kernel's own files say what is so. */
export const TRIAL: Program = {
  code: `import os, re
with open('/proc/self/status') as file:
    status = dict(line.rstrip('\\n').split(':\\t', 1) for line in file if ':\\t' in line)
with open('/proc/self/uid_map') as file:
    users = [[int(number) for number in line.split()] for line in file]
with open('/proc/self/mountinfo') as file:
    roots = {line.split()[3] for line in file}
return {
    'namespaces': {name: os.readlink(f'/proc/self/ns/{name}') for name in ${JSON.stringify(NAMESPACES)}},
    'seccomp': status['Seccomp'] == '2' and status['NoNewPrivs'] == '1',
    'capabilities': any(int(status[f'Cap{kind}'], 16) for kind in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')),
    'hostUids': [first for _, first, _ in users],
    'hostPathsVisible': any(not re.fullmatch('/|/[0-9]+|/dev/[a-z]+', root) for root in roots),
}`,
  timeoutSeconds: 30,
};

/** What a program can see of its confinement. */
type Findings = Omit<Confinement, 'controlGroups'>;

/** What the {@link TRIAL} has found. @throws Error when it did not come to its end. */
export function readConfinement(outcome: Outcome): Findings {
  if (outcome.kind !== 'returned') throw new Error(`the trial program ended as ${JSON.stringify(outcome)}`);
  const { namespaces, ...found } = JSON.parse(outcome.resultJson) as Omit<Findings, 'sharedNamespaces'> & {
    namespaces: Record<string, string>;
  };
  return {
    ...found,
    sharedNamespaces: NAMESPACES.filter((name) => namespaces[name] === readlinkSync(`/proc/self/ns/${name}`)),
  };
}

/** What is missing for programs to be run here, in words for the operator; empty when nothing is. */
export function describeGaps({ sharedNamespaces, seccomp, capabilities, hostUids }: Findings): string[] {
  return [
    ...sharedNamespaces.map((name) => `no ${name} namespace of its own`),
    ...(seccomp ? [] : ['no system call filter']),
    ...(capabilities ? ['capabilities'] : []),
    ...(hostUids.includes(0) ? ['root of this machine as a user'] : []),
  ];
}
