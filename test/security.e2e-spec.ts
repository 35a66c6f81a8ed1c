import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type HostileProgram } from './security/hostile-program';
import { FILES } from './security/files';
import { KERNEL } from './security/kernel';
import { MEMORY } from './security/memory';
import { NETWORK } from './security/network';
import { OUTPUT } from './security/output';
import { PROCESSES } from './security/processes';
import { PROTOCOL } from './security/protocol';
import { expectAnswer } from './security/required-answer';
import { RESULT } from './security/result';
import { TIME } from './security/time';
import { eventually } from './support/eventually';
import { childrenOf, jailsOf } from './support/jails';
import { Service } from './support/service';
import { within } from './support/within';

const FAMILIES: Record<string, readonly HostileProgram[]> = {
  files: FILES,
  kernel: KERNEL,
  memory: MEMORY,
  network: NETWORK,
  output: OUTPUT,
  processes: PROCESSES,
  protocol: PROTOCOL,
  result: RESULT,
  time: TIME,
};
const PROJECT = resolve(__dirname, '..');
const DEFAULT_TIMEOUT_SECONDS = 10;
/** Whatever a hostile program has done, the next caller waits no longer than this, its own program's few ms included. */
const AT_ONCE_SECONDS = 5;
const TEST_TIMEOUT_MS = 60_000;
/** Levels `error` and `fatal`: someone must act. */
const ERROR_LOGGED = /"level":[56]0/;

describe('hostile programs', () => {
  let service: Service;
  let secrets: string[];

  beforeAll(async () => {
    // One slot: what an attack leaves behind meets the next job.
    service = await Service.start({ WORKER_CONCURRENCY: '1' });
    secrets = [service.apiKey, service.dataDir, PROJECT, hostname()];
  }, TEST_TIMEOUT_MS);

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  describe.each(Object.keys(FAMILIES))('%s', (family) => {
    const programs = FAMILIES[family] ?? [];

    it.each(programs.map((program) => [program.name, program] as const))(
      '%s',
      async (_name, { program, timeout = DEFAULT_TIMEOUT_SECONDS, answer: required, unseen = [] }) => {
        await untilIdle(service); // a test that failed may have left its own jail dying
        const jails = jailsOf(service);
        const answer = await service.call({ code: program, timeout });

        expectAnswer(answer, required);
        for (const secret of secrets) expect(answer.text).not.toContain(secret);
        for (const pattern of unseen) expect(answer.text).not.toMatch(pattern);

        const next = service.run('print("honest")\nreturn sum(range(10))');
        const honest = await within(AT_ONCE_SECONDS, 'the answer of an honest program', next);
        expect(honest.json.response).toEqual({ result: 45, stdout: 'honest\n', stderr: '', exit_code: 0 });
        // The same jail, of which nothing is left but its server and the next child.
        expect(jailsOf(service)).toEqual(expect.arrayContaining(jails));
        await untilIdle(service);
      },
      TEST_TIMEOUT_MS,
    );
  });

  it('are no reason to wake anybody who runs the service', () => {
    expect(service.output).not.toMatch(ERROR_LOGGED);
  });
});

async function untilIdle(service: Service): Promise<void> {
  await eventually('its jails are idle', () => jailsOf(service).every(({ server }) => isIdle(server)));
}

function isIdle(server: number): boolean {
  try {
    const children = childrenOf(server);
    const threads = children.flatMap((child) => readdirSync(`/proc/${child}/task`));
    return children.length === 1 && threads.length === 1;
  } catch {
    return false; // one has just ended
  }
}
