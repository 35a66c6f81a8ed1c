import { isDeepStrictEqual } from 'node:util';
import { inventory, memory, orphanedGroups } from './leaks/inventory';
import { runJobs, startAllJails } from './leaks/workload';
import { eventually } from './support/eventually';
import { jailsOf } from './support/jails';
import { Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';

const TIMEOUT_MS = 600_000;
const REST_MS = 60_000;
const SAME_TIMES = 50;
/** Beyond what a service, a fork server or a jail's group has after the warm-up, in MiB. A leak of 5 KB a job is 24. */
const MOST_GROWTH = { service: 24, forkServers: 1, groups: 4, kernel: 2 };
/** Little more than it needs: a heap that may grow is not collected, and looks like a leak. */
const SMALL_HEAP = '--max-old-space-size=96 --max-semi-space-size=2';

describe('thousands of jobs leave nothing behind', () => {
  it.each([
    ['in the same jails', { warmUp: 1000, jobs: 5000, jobsPerJail: '1000000000', areReplaced: false }],
    ['in jails that are replaced', { warmUp: 1500, jobs: 2500, jobsPerJail: '1000', areReplaced: true }],
  ])(
    '%s',
    async (what, { warmUp, jobs, jobsPerJail, areReplaced }) => {
      using temporary = new TemporaryDirectory();
      await using service = await Service.start({
        WORKER_CONCURRENCY: '2',
        SANDBOX_JOBS_PER_JAIL: jobsPerJail,
        JOB_RETENTION_SECONDS: '1',
        NODE_OPTIONS: SMALL_HEAP,
        TMPDIR: temporary.path,
      });
      const folders = [service.dataDir, temporary.path];
      await startAllJails(service);
      await runJobs(service, warmUp);
      const before = await atRest(() => inventory(service, folders));
      const groupsBefore = new Set(orphanedGroups());
      const jailsBefore = jailsOf(service);
      const memoryBefore = memory(service);

      await runJobs(service, jobs);

      expect(await atRest(() => inventory(service, folders))).toEqual(before);
      await eventually('no control group is left', () => orphanedGroups().every((group) => groupsBefore.has(group)));
      expect(isDeepStrictEqual(jailsOf(service), jailsBefore)).toBe(!areReplaced);
      const memoryAfter = memory(service);
      process.stdout.write(
        `leaks: ${what}: MiB before ${shown(memoryBefore)}, after ${jobs} jobs ${shown(memoryAfter)}\n`,
      );
      for (const [name, most] of Object.entries(MOST_GROWTH)) {
        const of = name as keyof typeof MOST_GROWTH;
        expect([name, memoryAfter[of] - memoryBefore[of] < most]).toEqual([name, true]);
      }
    },
    TIMEOUT_MS,
  );
});

/** What is found once it has stayed the same for a while: killed processes are buried, worn jails stopped, calls closed. */
async function atRest<T>(look: () => T): Promise<T> {
  let found = look();
  let times = 0;
  await eventually(
    'the service rests',
    () => {
      const last = found;
      found = look();
      times = isDeepStrictEqual(found, last) ? times + 1 : 0;
      return times === SAME_TIMES;
    },
    REST_MS,
  );
  return found;
}

const shown = (sizes: Record<string, number>): string =>
  Object.entries(sizes)
    .map(([name, size]) => `${name} ${size.toFixed(1)}`)
    .join(', ');
