import { answerFromRecord, type JobTimes } from '../domain/answered-job';
import { failureMessage } from '../domain/failure-message';
import { type DeliveryTry, hasEnded, type JobRecord } from '../domain/job-record';
import { type Outcome } from '../domain/outcome';
import { snakeCase } from '../domain/snake-case';
import { openEnded, verdictOn } from './outcome.presenter';
import { type ServiceFacts } from './service-facts';

/** Turns a job's record into what its caller sees. Every member is always there; what is not known yet is null. */
export class RecordPresenter {
  constructor(private readonly service: ServiceFacts) {}

  /** @returns JSON text */
  present(record: JobRecord): string {
    const { facts, state, end, delivery } = record;
    const outcome = end?.run?.execution.outcome ?? null;
    const head = { job_id: facts.id, id: facts.requestId, endpoint: this.service.endpoint, status: state };
    const tail = {
      timeout: facts.timeoutSeconds,
      accepted_at: timestamp(facts.acceptedAtMs),
      started_at: timestamp(record.startedAtMs),
      finished_at: timestamp(end?.finishedAtMs ?? null),
      ...presentTimes(hasEnded(record) ? answerFromRecord(record).times : null),
      pid: end?.run?.execution.pid ?? null,
      queue_id: this.service.queueId,
      queue_length: end?.queueLength ?? null,
      build_number: this.service.buildNumber,
      webhook:
        facts.webhookUrl === null ? null : { url: withoutCredentials(facts.webhookUrl), status: delivery?.state },
      deliveries: delivery?.tries.map(presentTry) ?? [],
    };
    const verdict = end === null ? { code: null, message: null } : verdictOn(end.run?.execution.outcome);
    return `${openEnded({ ...head, ...verdict })},"outcome":${presentOutcome(outcome)},${JSON.stringify(tail).slice(1)}`;
  }
}

/** The whole outcome, as JSON text. A result is JSON text already: parsing it would round its numbers. */
function presentOutcome(outcome: Outcome | null): string {
  if (outcome === null) return 'null';
  const result = outcome.kind === 'returned' ? outcome.resultJson : 'null';
  const members = {
    error: outcome.kind === 'returned' ? null : failureMessage(outcome),
    stdout: outcome.stdout,
    stderr: outcome.stderr,
    exit_code: exitCodeOf(outcome),
    signal: outcome.kind === 'signalled' ? outcome.signal : null,
  };
  return `{"kind":"${snakeCase(outcome.kind)}","result":${result},${JSON.stringify(members).slice(1)}`;
}

/** The program's own exit code; null when it did not get as far as to have one. */
function exitCodeOf(outcome: Outcome): number | null {
  if (outcome.kind === 'returned') return 0;
  if (outcome.kind === 'raised') return 1;
  return outcome.kind === 'exited' ? outcome.exitCode : null;
}

function presentTimes(times: JobTimes | null): Record<string, number | null> {
  return {
    run_time: times && times.runMs / 1000,
    queue_time: times && times.queueMs / 1000,
    total_time: times && times.totalMs / 1000,
  };
}

function presentTry(attempt: DeliveryTry, index: number): Record<string, unknown> {
  return {
    attempt: index + 1,
    started_at: timestamp(attempt.startedAtMs),
    duration: attempt.durationMs / 1000,
    status: attempt.status,
    error: attempt.failure && snakeCase(attempt.failure),
    next_attempt_at: timestamp(attempt.nextTryAtMs),
  };
}

/** RFC 3339, in UTC. */
function timestamp(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = shown.password = '';
  return shown.href;
}
