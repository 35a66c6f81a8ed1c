import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SECONDS_EACH } from './fuzz/campaign';
import { bytesHeldUnderPadding, fuzzDecoder, fuzzJail } from './fuzz/frames';
import { fuzzPrograms } from './fuzz/programs';
import { fuzzSystemCalls } from './fuzz/system-calls';
import { eventually } from './support/eventually';
import { jailsOf } from './support/jails';
import { Service } from './support/service';

/** Beside the budget: the last round, the service's start and end. */
const TIMEOUT_MS = SECONDS_EACH * 1000 + 120_000;
/** What is read in a while and not yet collected; the padding is 500 MB. */
const PADDING_BYTES = 200 * 1024 * 1024;
/** What compiled code and caches of this process may take; hundreds of runs hold much more. */
const LEFT_BYTES = 8 * 1024 * 1024;

describe('random input', () => {
  it('programs grown from others are answered by the contract', () => inTheSameJails(fuzzPrograms), TIMEOUT_MS);

  it('system calls from inside a job break nothing', () => inTheSameJails(fuzzSystemCalls), TIMEOUT_MS);

  it('bytes give the same frames however they are cut', fuzzDecoder, TIMEOUT_MS);

  it(
    'frames of a fork server out of its mind end with a run or the jail, and leave nothing',
    async () => {
      const [before, bytesBefore] = [ownResources(), liveBytes()];
      await fuzzJail();
      await eventually('descriptors and processes are as before', () => ownResources() === before);
      expect(liveBytes() - bytesBefore).toBeLessThan(LEFT_BYTES);
    },
    TIMEOUT_MS,
  );

  it(
    'output of a fork server that pads it costs no more memory than it is worth',
    async () => {
      expect(await bytesHeldUnderPadding()).toBeLessThan(PADDING_BYTES);
    },
    TIMEOUT_MS,
  );
});

/** Has a service of two slots fuzzed, which must lose no jail by it. */
async function inTheSameJails(fuzz: (service: Service) => Promise<void>): Promise<void> {
  await using service = await Service.start({ WORKER_CONCURRENCY: '2', SANDBOX_JOBS_PER_JAIL: '1000000000' });
  const jails = jailsOf(service);
  await fuzz(service);
  expect(jailsOf(service)).toEqual(expect.arrayContaining(jails));
}

/** Numbers of open descriptors and of children of this process. */
function ownResources(): string {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').split(' ').filter(Boolean);
  return `${readdirSync('/proc/self/fd').length} ${children.length}`;
}

/** What this process holds when its garbage is collected. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect(); // what finalizers have let go of
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
