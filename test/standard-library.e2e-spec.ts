import { LEFT_OUT, MEANT } from './standard-library/differences';
import { contrast, type Contrast, moduleNames, PYTHON, runInside, runOutside } from './standard-library/library-tests';
import { Service } from './support/service';

const MODULE_TIMEOUT_MS = 130_000;
/** What some tests need more of than a service gives unless told to. */
const LIMITS = {
  SANDBOX_MEMORY_MB: '1024',
  SANDBOX_PIDS: '256',
  SANDBOX_TMP_MB: '512',
  SANDBOX_OUTPUT_KB: '16384',
};

describe("the standard library's own tests", () => {
  const unused = new Set(MEANT);
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ PYTHON_BIN: PYTHON, PYTHON_PRELOAD: '', WORKER_CONCURRENCY: '4', ...LIMITS });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it.concurrent.each(moduleNames(LEFT_OUT))(
    '%s ends in a jail as it ends outside',
    async (module) => {
      const [inside, outside] = await Promise.all([runInside(service, module, LEFT_OUT), runOutside(module, LEFT_OUT)]);
      const unexplained = contrast(inside, outside).filter((difference) => !isMeant(difference));
      expect(unexplained.map(inWords)).toEqual([]);
    },
    MODULE_TIMEOUT_MS,
  );

  it('differ wherever the table says so', () => {
    expect([...unused].filter(({ dependsOn }) => dependsOn === undefined)).toEqual([]);
  });

  function isMeant({ test, inside: [, why] }: Contrast): boolean {
    const rows = MEANT.filter(({ tests, says }) => tests.test(test) && says.test(why));
    rows.forEach((row) => unused.delete(row));
    return rows.length > 0;
  }
});

function inWords({ test, inside, outside }: Contrast): string {
  return `${test}: outside ${outside.join(' ')}; inside ${inside.join(' ')}`;
}
