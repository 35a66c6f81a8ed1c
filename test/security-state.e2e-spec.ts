import { randomUUID } from 'node:crypto';
import { memorySearch } from './security/memory-search';
import { LEFT_STATE, RANDOM_MODULES, RANDOM_VALUES } from './security/state';
import { jailsOf, type RunningJail } from './support/jails';
import { type Answer, Service } from './support/service';

const TEST_TIMEOUT_MS = 60_000;
/** Modules that have state of their own, and all large ones that the programs below import. */
const PRELOAD =
  'cryptography.fernet,email.utils,logging,multiprocessing.pool,numpy,pandas,socket,sqlite3,ssl,tempfile,zoneinfo';
/** With it a program goes to the jail that has them, and all programs meet there. */
const MEETING_POINT = 'import pandas\n';

const resultOf = ({ json }: Answer): unknown => json.response?.result;

describe('what a program leaves', () => {
  let service: Service;
  let jails: RunningJail[];

  beforeAll(async () => {
    service = await Service.start({ WORKER_CONCURRENCY: '1', PYTHON_PRELOAD: PRELOAD });
    await service.run(MEETING_POINT);
    jails = jailsOf(service);
  }, TEST_TIMEOUT_MS);

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  const call = async (program: string, timeout = 10): Promise<Answer> => {
    const answer = await service.call({ code: MEETING_POINT + program, timeout });
    expect(jailsOf(service)).toEqual(jails);
    return answer;
  };

  it.each(LEFT_STATE.map((row) => [row.name, row] as const))(
    'does not reach the next one: %s',
    async (_name, { plant, look, clean }) => {
      expect(resultOf(await call(`${plant}\n${look}`))).not.toEqual(clean);
      const next = await call(look);
      expect(next.json.response ?? next.json).toEqual({ result: clean, stdout: '', stderr: '', exit_code: 0 });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'is not held against the next one, were it memory that the kernel gives back late',
    async () => {
      const fillsPageTables = `
import mmap
held = mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)
for position in range(0, 1 << 40, 1 << 21):
    held[position]`;
      const usesHalf = `return len(bytearray(b'x') * (128 << 20)) >> 20`;
      for (let round = 0; round < 10; round++) {
        // At once, so that the next one starts with no time between them.
        const [hostile, honest] = await Promise.all([service.run(fillsPageTables), service.run(usesHalf)]);
        expect(hostile.json.error).toBe('Memory limit of 256 MiB exceeded');
        expect(honest.json.response ?? honest.json).toMatchObject({ result: 128 });
      }
      expect(jailsOf(service)).toEqual(jails);
    },
    TEST_TIMEOUT_MS,
  );

  it.each(RANDOM_VALUES)('is not what the next one draws: %s', async (expression) => {
    const drawn = [];
    for (let run = 0; run < 3; run++)
      drawn.push(resultOf(await call(`import ${RANDOM_MODULES}\nreturn ${expression}`)));
    expect(drawn).not.toContain(undefined);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it.each([
    ['returns', 'return result'],
    ['fails', 'raise ValueError(result)'],
    ['exits with words', 'raise SystemExit(result)'],
    ['is killed', 'import os; os.kill(os.getpid(), 9)'],
    ['runs out of time', 'while True: pass'],
    ['runs out of memory', `held = result.encode() * 10**8`],
    ['writes too much', 'while True: print(stdout)'],
  ])(
    'is not in the memory of the next one when it %s',
    async (_end, end) => {
      const marker = randomUUID();
      // No output is in the source, so each is a secret of its own.
      const plant = `
source = '${marker}'
stdout, stderr, result = (f'{source[::-1]}-{name}' for name in ('stdout', 'stderr', 'result'))
import os, sys
os.environ['PLANTED'] = stdout
open('/tmp/planted', 'w').write(stdout * 1000)
print(stdout * 1000)
print(stderr * 1000, file=sys.stderr)
${end}
# ${marker.repeat(1000)}`;
      await call(plant, 1);
      const search = await call(memorySearch([marker, Array.from(marker).reverse().join('')]), 20);
      expect(search.json.response ?? search.json).toMatchObject({ result: { own: true, found: 0 }, stderr: '' });
    },
    TEST_TIMEOUT_MS,
  );
});
