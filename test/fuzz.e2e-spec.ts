import { Service } from './support/service';
import { SECONDS_EACH } from './fuzz/campaign';
import { fuzzPrograms } from './fuzz/programs';
import { fuzzSystemCalls } from './fuzz/system-calls';

/** Beside the budget: the last round, the service's start and end. */
const TIMEOUT_MS = SECONDS_EACH * 1000 + 120_000;

describe('random input', () => {
  it(
    'programs grown from others are answered by the contract',
    async () => {
      await using service = await Service.start({ WORKER_CONCURRENCY: '2' });
      await fuzzPrograms(service);
    },
    TIMEOUT_MS,
  );

  it(
    'system calls from inside a job break nothing',
    async () => {
      await using service = await Service.start({ WORKER_CONCURRENCY: '2' });
      await fuzzSystemCalls(service);
    },
    TIMEOUT_MS,
  );
});
