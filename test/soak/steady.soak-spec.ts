import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { Service } from '../support/service';
import { TemporaryDirectory } from '../support/temporary-directory';
import { WebhookInbox } from '../support/webhook-inbox';
import { judge } from './flatness';
import { SteadyLoad } from './load';
import { processorSeconds, type Sample, socketOf, takeSample } from './sample';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const MINUTE_MS = 60_000;
/** Until then jails are started, heaps grow to their size, and records begin to go: no part of what is compared. */
const WARM_UP_MINUTES = Math.min(5, MINUTES / 5);
const SAMPLES_PER_MINUTE = 4;
const COLUMN = 9;
const SHOWN_ERRORS = 5;
/** How much more the last third may take than the first. How many jails are up, and with what, changes all the time. */
const SLACK = { ratio: 0.1, absolute: 4 };
const JAILS_SLACK = { ratio: 0.1, absolute: 30 };
const SETTINGS = {
  WORKER_CONCURRENCY: '4',
  JOB_RETENTION_SECONDS: '60',
  SANDBOX_JOBS_PER_JAIL: '100',
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
  LOG_LEVEL: 'warn',
  // Little more than it needs: a heap that may grow is not collected, and looks like a leak.
  NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=2',
};

describe('a service under a steady load', () => {
  it(
    `takes no more after ${MINUTES} minutes than before`,
    async () => {
      using temporary = new TemporaryDirectory();
      await using inbox = await WebhookInbox.open();
      await using service = await Service.start({ ...SETTINGS, TMPDIR: temporary.path });
      const commands = new Redis(socketOf(service, temporary.path));
      const load = new SteadyLoad(service, inbox, SEED);
      say(`seed ${SEED}, ${MINUTES} minutes, the first ${WARM_UP_MINUTES} to warm up; memory in MiB`);
      load.start();
      const minutes = await measure(service, commands, load);
      await load.stop();
      say(`${load.begun} calls, ${load.failed} wrong`);
      commands.disconnect();
      expect(await service.stop()).toBe(0);

      const flaws = [...grown(minutes), ...load.flaws, ...errorsOf(service)];
      say([flaws.length === 0 ? 'PASS' : 'FAIL', ...flaws].join('\n  '));
      expect(flaws).toEqual([]);
    },
    (MINUTES + 5) * MINUTE_MS,
  );
});

/** Prints a line a minute. @returns the minutes that are to be compared, each the mean of some samples */
async function measure(service: Service, commands: Redis, load: SteadyLoad): Promise<Sample[]> {
  const minutes: Sample[] = [];
  const lines = Math.ceil(MINUTES);
  let processor = processorSeconds(service);
  for (let line = 0; line < lines; line++) {
    const samples: Sample[] = [];
    const lengthMs = Math.min(MINUTE_MS, MINUTES * MINUTE_MS);
    for (let taken = 0; taken < SAMPLES_PER_MINUTE; taken++) {
      await sleep(lengthMs / SAMPLES_PER_MINUTE);
      samples.push(await takeSample(service, commands));
    }
    const now = processorSeconds(service);
    const minute = meanOf(samples);
    if (line === 0) say(row(['minute', 'cores', 'calls', ...Object.keys(minute)]));
    const cores = (((now - processor) * 1000) / lengthMs).toFixed(2);
    say(
      row([`${line + 1}`, cores, `${load.begun}`, ...Object.values(minute).map((value) => Number(value).toFixed(1))]),
    );
    processor = now;
    if (line >= Math.floor(WARM_UP_MINUTES)) minutes.push(minute);
  }
  return minutes;
}

/** Prints how each series went. @returns those that grew */
function grown(minutes: readonly Sample[]): string[] {
  const verdicts = judge(minutes, (name) => (name === 'jails' ? JAILS_SLACK : SLACK));
  const lines = verdicts.map(({ name, first, last, isFlat }) => {
    const change = `${first.toFixed(1)} -> ${last.toFixed(1)}, ratio ${(last / first).toFixed(3)}`;
    return `${isFlat ? 'flat ' : 'GROWS'} ${name}: ${change}`;
  });
  for (const line of lines) say(line);
  return lines.filter((line) => line.startsWith('GROWS'));
}

/** pino's levels of ERROR and FATAL: on a healthy system there are none. */
function errorsOf({ output }: Service): string[] {
  const errors = output.split('\n').filter((line) => /"level":[56]0/.test(line));
  say(`${errors.length} errors in the log`);
  return errors.slice(0, SHOWN_ERRORS);
}

function meanOf(samples: readonly Sample[]): Sample {
  const names = Object.keys(samples[0]!) as (keyof Sample)[];
  const mean = (name: keyof Sample): number => samples.reduce((sum, each) => sum + each[name], 0) / samples.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Sample;
}

const row = (cells: readonly string[]): string => cells.map((cell) => cell.slice(0, COLUMN).padStart(COLUMN)).join(' ');

/** One line on the terminal, without the frame that the test runner puts around the console's. */
function say(line: string): void {
  process.stdout.write(`soak: ${line}\n`);
}
