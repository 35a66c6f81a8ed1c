import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer } from '../support/service';
import { type WebhookInbox } from '../support/webhook-inbox';
import { type InjectedFault } from './fault-injector';
import { type Entry, type Ledger } from './ledger';
import { API_KEY, type Topology } from './topology';
import { flawsOfAnswers, flawsOfCopies, flawsOfJob } from './verdicts';

const POLL_MS = 200;
const MOST_SHOWN = 10;

/** What was found, with the history of the first jobs that it was found of. */
export interface Findings {
  readonly found: string[];
  readonly summary: string;
}

/** Waits until all jobs of a ledger have ended and been delivered, and holds what is known of them together. */
export async function audit(
  topology: Topology,
  ledger: Ledger,
  inbox: WebhookInbox,
  faults: readonly InjectedFault[],
  settleMs: number,
): Promise<Findings> {
  const deadline = performance.now() + settleMs;
  const records = new Map<string, Answer>();
  for (const jobId of ledger.entries.flatMap(({ jobIds }) => jobIds)) {
    records.set(jobId, await settledRecord(topology, jobId, deadline));
  }
  const logs = Map.groupBy(topology.logs, (line) => /"jobId":"([^"]+)"/.exec(line)?.[1] ?? '');
  const webhooks = Map.groupBy(inbox.received, ({ json }) => String(json.job_id));
  const found = [...webhooks.values()].flatMap(flawsOfCopies);
  for (const entry of ledger.entries) {
    const flaws = [...flawsOfAnswers(entry), ...flawsOfKey(entry, records)];
    for (const jobId of entry.jobIds) {
      const record = records.get(jobId);
      const [copies, log] = [webhooks.get(jobId) ?? [], logs.get(jobId) ?? []];
      if (record?.status === 200) flaws.push(...flawsOfJob(entry.of(jobId), record.json, copies, faults, log));
      else flaws.push(`its record is ${record?.text ?? 'not known'}`);
    }
    if (flaws.length === 0) continue;
    const known = entry.jobIds.flatMap((id) => [
      records.get(id)?.text,
      ...(webhooks.get(id) ?? []).map(({ body }) => body),
      ...(logs.get(id) ?? []),
    ]);
    const history = found.length < MOST_SHOWN ? ['', entry.history, ...known].join('\n  ') : '';
    found.push(`${entry.program.token}: ${flaws.join('; ')}${history}`);
  }
  return { found, summary: summarize(ledger, [...records.values()], inbox) };
}

/** A request that is repeated with its key becomes another job only when the one before is lost. */
function flawsOfKey({ jobIds }: Entry, records: ReadonlyMap<string, Answer>): string[] {
  const replaced = jobIds.slice(0, -1).filter((id) => records.get(id)?.json.status !== 'lost');
  return replaced.length === 0 ? [] : [`it is several jobs: ${jobIds.join(', ')}`];
}

/** The record once it says that the job has ended, and its webhook been delivered; or as it is when the time is over. */
async function settledRecord({ apis }: Topology, jobId: string, deadline: number): Promise<Answer> {
  for (let turn = 0; ; turn++) {
    const service = await apis[turn % apis.length]!.up();
    const path = `/v1/jobs/${jobId}`;
    const answer = await service.call(undefined, { path, method: 'GET', headers: { 'x-api-key': API_KEY } });
    const { finished_at: finishedAt, webhook } = answer.json;
    const isSettled = answer.status === 200 && finishedAt !== null && webhook?.status !== 'pending';
    if (isSettled || answer.status === 404 || performance.now() > deadline) return answer;
    await sleep(POLL_MS);
  }
}

function summarize(ledger: Ledger, records: readonly Answer[], { received }: WebhookInbox): string {
  const states = Map.groupBy(records, ({ json }) => String(json.status));
  const counts = [...states].map(([state, those]) => `${those.length} ${state}`).join(', ');
  const calls = ledger.entries.flatMap((entry) => entry.calls);
  const broken = calls.filter(({ answer }) => answer === null).length;
  const refused = calls.filter(({ answer }) => answer?.status === 503).length;
  return (
    `${ledger.entries.length} programs sent, ${records.length} known to be accepted (${counts}); ` +
    `${calls.length} calls, ${broken} broken, ${refused} told 503; ${received.length} webhooks came`
  );
}
