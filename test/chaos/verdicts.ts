import { type Answer } from '../support/service';
import { type Received } from '../support/webhook-inbox';
import { type InjectedFault } from './fault-injector';
import { mayLoseJobs } from './faults';
import { type Entry } from './ledger';
import { flawOf } from './programs';

type Json = Answer['json'];

const LOSSES = /The worker of a job is gone; it runs again|A job came to no outcome/;

/** What must hold of one job that was accepted; each flaw in a sentence. */
export function flawsOfJob(
  entry: Entry,
  record: Json,
  webhooks: readonly Received[],
  faults: readonly InjectedFault[],
  log: readonly string[],
): string[] {
  return [
    ...(record.status === 'lost' ? flawsOfLoss(record, faults, log) : flawsOfEnd(entry, record)),
    ...entry.outcomes.flatMap((answer) => flawsOfAnswer(answer, record)),
    ...flawsOfRepeats(entry),
    ...flawsOfWebhooks(entry, record, webhooks),
    ...flawsOfEarlierRecords(entry, record),
    ...flawsOfLog(log),
  ];
}

/** What must hold of what is known of a job from its webhooks alone: a caller whose connection broke may not know of it. */
export function flawsOfCopies(webhooks: readonly Received[]): string[] {
  return webhooks.flatMap(({ json, path, body }) => {
    const token = path.split('/').at(-1);
    const isOwn = json.id === token && (json.code !== 200 || json.response.result === token);
    return isOwn && body === webhooks[0]?.body ? [] : [`a webhook to ${path} says ${body}`];
  });
}

/** What must hold of every answer. */
export function flawsOfAnswers({ calls }: Entry): string[] {
  return calls.flatMap(({ what, answer, error, sentAtMs, endedAtMs }) => {
    if (answer === null) return error?.includes('not within') === true ? [`${what}: nobody answered`] : [];
    const { status, headers, text } = answer;
    const isLost = status === 500 && what === 'POST' && headers.has('x-job-id');
    const isAway = status === 503 && headers.has('retry-after');
    const seconds = ((endedAtMs - sentAtMs) / 1000).toFixed(1);
    return status < 500 || isLost || isAway ? [] : [`${what}: ${status} after ${seconds} s, ${text}`];
  });
}

/** The first loss of a worker is logged when the job is queued again; that of two jails, when the second is gone. */
function flawsOfLoss(record: Json, faults: readonly InjectedFault[], log: readonly string[]): string[] {
  const [from, to] = [Date.parse(String(record.accepted_at)), Date.parse(String(record.finished_at))];
  const losses = faults.filter(({ fault, fromMs, toMs }) => mayLoseJobs(fault) && fromMs <= to && toMs >= from);
  return [
    ...(losses.length >= 2 ? [] : [`it is lost, and met ${losses.length} faults that lose jobs`]),
    ...(log.some((line) => LOSSES.test(line)) ? [] : ['it is lost, and had not been run twice']),
  ];
}

function flawsOfEnd(entry: Entry, record: Json): string[] {
  if (record.status === 'cancelled') {
    return entry.isCancelled || entry.mayBeAbandoned ? [] : ['it is cancelled, and nobody cancelled it'];
  }
  const told = entry.calls.find(({ what, answer }) => what === 'DELETE' && answer?.json.status === 'cancelled');
  if (told !== undefined) return [`its caller was told that it is cancelled, and it is ${record.status}`];
  const flaw = flawOf(entry.program, record);
  return flaw === null ? [] : [flaw];
}

/** An answer says what the record says, and of the same run. */
function flawsOfAnswer({ status, json, text }: Answer, record: Json): string[] {
  const isSame =
    status === record.code &&
    (status === 200
      ? json.response.result === record.outcome.result && json.pid === record.pid && json.run_time === record.run_time
      : status === 500 || json.error === record.message);
  return isSame ? [] : [`its caller was told ${status} ${text}`];
}

function flawsOfRepeats({ terms, calls, outcomes }: Entry): string[] {
  if (terms.idempotencyKey === null) return [];
  const answers = terms.isAsync ? calls.flatMap(({ answer }) => (answer?.status === 202 ? [answer] : [])) : outcomes;
  const texts = new Set(answers.map(({ status, text }) => `${status} ${text}`));
  return texts.size > 1 ? [`repeats of it were answered ${[...texts].join(' and ')}`] : [];
}

function flawsOfWebhooks({ terms }: Entry, record: Json, webhooks: readonly Received[]): string[] {
  if (!terms.hasWebhook) return webhooks.length > 0 ? ['a webhook came that nobody asked for'] : [];
  const [first] = webhooks;
  if (first === undefined) return ['its webhook has not come'];
  const { json } = first;
  const isOwn =
    json.job_id === record.job_id &&
    json.code === record.code &&
    json.pid === record.pid &&
    json.run_time === record.run_time &&
    (json.code !== 200 || json.response.result === record.outcome.result) &&
    json.message === record.message;
  return [
    ...(isOwn ? [] : [`its webhook says ${first.body}`]),
    ...(record.webhook.status === 'delivered' ? [] : [`its webhook is ${record.webhook.status}`]),
  ];
}

/** Whoever ends a job logs that, and nobody else does. */
function flawsOfLog(log: readonly string[]): string[] {
  const ends = log.filter((line) => /"outcome":"\w+"/.test(line));
  return ends.length > 1 ? [`its end was logged ${ends.length} times`] : [];
}

/** What a record said when the job had ended is what it says in the end. */
function flawsOfEarlierRecords({ calls }: Entry, record: Json): string[] {
  const earlier = calls.filter(({ what, answer }) => what === 'GET' && answer?.status === 200);
  const last = withoutDeliveries(record);
  return earlier
    .filter(({ answer }) => answer?.json.finished_at !== null && withoutDeliveries(answer?.json) !== last)
    .map(({ answer }) => `its record said ${withoutDeliveries(answer?.json)}`);
}

function withoutDeliveries(record: Json): string {
  return JSON.stringify({ ...record, deliveries: null, webhook: null });
}
