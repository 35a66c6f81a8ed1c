import { measureJob } from '../domain/answered-job';
import { type CompletedRun } from '../domain/completed-run';
import { type JobFacts } from '../domain/job-record';
import { type Outcome } from '../domain/outcome';
import { signalName } from '../domain/signal-name';
import { snakeCase } from '../domain/snake-case';
import { contextFields, contextOfJob } from '../platform/logging/log-context';

/** What the log says of a job that has ended: how, and where its time went. Nothing that its program or its caller wrote. */
export function describeEnd(facts: JobFacts, run: CompletedRun | null, finishedAtMs: number): object {
  const outcome = run?.execution.outcome;
  return {
    jobId: facts.id,
    ...contextFields(contextOfJob(facts)),
    key: facts.callerName,
    // Not `replyTo`: who takes a job back has that left out.
    mode: facts.queueLength === null ? 'sync' : 'async',
    outcome: outcomeName(outcome),
    ...(outcome && exitFacts(outcome)),
    pid: run?.execution.pid ?? null,
    ...measureJob(facts, run, finishedAtMs - facts.acceptedAtMs),
  };
}

/** How a job ended, in a word; `lost` when it came to no outcome. */
export function outcomeName(outcome: Outcome | undefined): string {
  return outcome === undefined ? 'lost' : snakeCase(outcome.kind);
}

/** What an outcome says in numbers and names. */
export function exitFacts(outcome: Outcome): { exitCode?: number; signal?: string; limit?: string } {
  switch (outcome.kind) {
    case 'exited':
      return { exitCode: outcome.exitCode };
    case 'signalled':
      return { signal: signalName(outcome.signal) ?? `${outcome.signal}` };
    case 'overLimit':
      return { limit: outcome.limit };
    case 'timedOut':
      return { limit: 'time' };
    case 'returned':
    case 'raised':
    case 'cancelled':
      return {};
    default:
      return outcome satisfies never;
  }
}
