import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Service } from '../support/service';
import { TemporaryDirectory } from '../support/temporary-directory';
import { type Omission } from './differences';

/** The system's own Python: its tests are a package of the distribution's. */
export const PYTHON = '/usr/bin/python3';
const OUTCOMES = readFileSync(resolve(__dirname, 'outcomes.py'), 'utf8');
const TIMEOUT_SECONDS = 100;
/** An unprivileged user outside: nobody. */
const NOBODY = 65_534;
/** Packages whose modules are run one by one. */
const SPLIT = ['test_asyncio'];
const ABSENT: Outcome = ['absent', ''];

/** How a test ended, and why if that was not well. */
type Outcome = readonly [ending: 'ok' | 'fail' | 'error' | 'skip' | 'absent', why: string];
/** By the tests' ids. */
type Outcomes = Readonly<Record<string, Outcome>>;

/** The modules of the standard library's tests, without those that are left out. */
export function moduleNames(leftOut: readonly Omission[]): string[] {
  const folder = execFileSync(PYTHON, ['-c', 'import test; print(*test.__path__)'], { encoding: 'utf8' }).trim();
  const modulesIn = (path: string): string[] =>
    readdirSync(path)
      .map((name) => name.replace(/\.py$/, ''))
      .filter((name) => /^test_\w+$/.test(name))
      .flatMap((name) =>
        SPLIT.includes(name) ? modulesIn(join(path, name)).map((part) => `${name}.${part}`) : [name],
      );
  return modulesIn(folder)
    .map((name) => `test.${name}`)
    .filter((name) => !leftOut.some(({ tests }) => tests.test(name)))
    .sort();
}

/** A test that ended otherwise in a jail than outside. */
export interface Contrast {
  readonly test: string;
  readonly inside: Outcome;
  readonly outside: Outcome;
}

/** Every test of which one side tells another end than the other. */
export function contrast(inside: Outcomes, outside: Outcomes): Contrast[] {
  return [...new Set([...Object.keys(outside), ...Object.keys(inside)])]
    .map((test) => ({ test, inside: inside[test] ?? ABSENT, outside: outside[test] ?? ABSENT }))
    .filter(({ inside: [one], outside: [other] }) => one !== other);
}

/** Runs a module in a jail. */
export async function runInside(service: Service, module: string, leftOut: readonly Omission[]): Promise<Outcomes> {
  const { text, json } = await service.call({
    code: `${OUTCOMES}\n${call(module, leftOut)} if __name__ == "__main__" else None\n`,
    timeout: TIMEOUT_SECONDS,
  });
  if (json.code !== 200) throw new Error(`${module} inside: ${text}`);
  return json.response.result as Outcomes;
}

/** Runs a module as an unprivileged user of this machine. */
export async function runOutside(module: string, leftOut: readonly Omission[]): Promise<Outcomes> {
  using directory = new TemporaryDirectory();
  const cwd = directory.path;
  chownSync(cwd, NOBODY, NOBODY);
  const [program, result] = ['program.py', 'outcomes.json'].map((name) => join(cwd, name)) as [string, string];
  writeFileSync(program, `${OUTCOMES}\nif __name__ == "__main__":\n    save(${call(module, leftOut)}, "${result}")\n`);
  const python = spawn(PYTHON, ['-B', '-X', 'utf8', program], {
    cwd,
    uid: NOBODY,
    gid: NOBODY,
    env: { HOME: cwd, TMPDIR: cwd, USER: 'nobody', LOGNAME: 'nobody', LANG: 'C.UTF-8', PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  python.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(python, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${module} outside ended with ${code ?? 'a signal'}: ${stderr.slice(-2_000)}`);
  return JSON.parse(readFileSync(result, 'utf8')) as Outcomes;
}

/** The Python expression that runs a module. */
function call(module: string, leftOut: readonly Omission[]): string {
  const pattern = leftOut.map(({ tests }) => `(?:${tests.source})`).join('|');
  return `outcomes(${JSON.stringify(module)}, ${JSON.stringify(pattern)})`;
}
