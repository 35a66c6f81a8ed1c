import { audit } from './chaos/audit';
import { FaultInjector } from './chaos/fault-injector';
import { describeFault, planFaults } from './chaos/faults';
import { Journal } from './chaos/journal';
import { Ledger } from './chaos/ledger';
import { Load } from './chaos/load';
import { Topology } from './chaos/topology';
import { eventually } from './support/eventually';
import { Random } from './support/random';
import { Scrape } from './support/scrape';
import { TemporaryDirectory } from './support/temporary-directory';
import { WebhookInbox } from './support/webhook-inbox';

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 60);
/** Always the same faults in `npm test`; scripts/chaos.sh draws others. */
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const SETTLE_MS = 180_000;
/** Starts, the last faults' ends, and settling, each at its worst. */
const TIMEOUT_MS = SECONDS * 1000 + 600_000;
const SETTINGS = {
  WORKER_CONCURRENCY: '4',
  SHUTDOWN_GRACE_SECONDS: '5',
  JOB_RETENTION_SECONDS: String(SECONDS + 3600),
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
  // Each program's jail: fewer to start.
  PYTHON_PRELOAD: '',
};
const REST = ['pyexec_queue_waiting_jobs', 'pyexec_queue_active_jobs', 'pyexec_webhook_pending_deliveries'];

describe('instances and a Redis that are killed and frozen at random', () => {
  it(
    'bring each job to one end, which is its own and told to everybody',
    async () => {
      say(`${SECONDS} s of faults, CHAOS_SEED=${SEED}`);
      using directory = new TemporaryDirectory();
      await using inbox = await WebhookInbox.open();
      const journal = new Journal();
      const topology = new Topology(directory.path, SETTINGS, journal);
      const ledger = new Ledger();
      const faults = planFaults(new Random(SEED), SECONDS * 1000);
      const injector = new FaultInjector(topology, new Random(SEED), journal);
      const load = new Load(topology.apis, ledger, inbox.url, SEED);
      const flaws: string[] = [];
      try {
        await topology.ready();
        load.start();
        await injector.inject(faults);
        await topology.ready();
        journal.note('no more faults');
        await load.stop();
        journal.note('no more calls');
        const { found, summary } = await audit(topology, ledger, inbox, injector.injected, SETTLE_MS);
        flaws.push(...found);
        journal.note('settled');
        await atRest(topology);
        say(summary);
      } catch (error) {
        flaws.push(String(error));
      } finally {
        await topology.stop();
        await load.abort();
      }
      flaws.push(...topology.flaws);
      await eventually('nothing is left', () => topology.remains.left.length === 0).catch(() => undefined);
      flaws.push(...topology.remains.left.map((each) => `left behind: ${each}`));
      say(`${injector.injected.length} faults; ${topology.remains.counts} looked for`);
      if (flaws.length > 0) {
        say(`FAILED with CHAOS_SECONDS=${SECONDS} CHAOS_SEED=${SEED}`);
        say(`planned:\n${faults.map(describeFault).join('\n')}\nhappened:\n${journal.text}\n`);
        say(`flaws:\n${flaws.join('\n\n')}`);
      }
      expect(flaws).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

async function atRest({ apis }: Topology): Promise<void> {
  for (const api of apis) {
    const service = await api.up();
    await eventually('the gauges are 0', async () => {
      const scrape = await Scrape.of(service);
      return REST.every((name) => scrape.value(name) === 0);
    });
  }
}

/** One line on the terminal, without the frame that the test runner puts around the console's. */
function say(line: string): void {
  process.stdout.write(`chaos: ${line}\n`);
}
