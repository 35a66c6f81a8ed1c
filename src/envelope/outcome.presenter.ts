import { type AnsweredJob } from '../domain/answered-job';
import { ERROR_CATALOGUE, PublicError } from '../domain/error-catalogue';
import { failureMessage, type FailedOutcome } from '../domain/failure-message';
import { type JobFacts } from '../domain/job-record';
import { type Outcome } from '../domain/outcome';
import { presentError } from './error.presenter';
import { jobPath, problemType } from './problem-details';
import { type PublicAnswer } from './public-answer';
import { type ServiceFacts } from './service-facts';

/** Turns an outcome into what its caller sees: the one place that knows the shape of answers to accepted jobs. */
export class OutcomePresenter {
  constructor(private readonly service: ServiceFacts) {}

  present(answered: AnsweredJob): PublicAnswer {
    const outcome = outcomeOf(answered);
    if (outcome?.kind !== 'returned') return presentFailure(outcome, answered.facts.id);
    return { status: 200, body: this.envelope(answered, 200, successResponse(outcome), 'success') };
  }

  /**
   * What a webhook is told: member for member what a 200 is, whatever became of the job; on failure `response` holds the error body
   * and `message` its `error` (CONTRACT, "Webhooks"). JSON text.
   */
  presentForWebhook(answered: AnsweredJob): string {
    const { status, body } = this.present(answered);
    const outcome = outcomeOf(answered);
    return outcome?.kind === 'returned' ? body : this.envelope(answered, status, body, verdictOn(outcome).message);
  }

  /** What a caller is told whose program has not run yet. */
  acknowledge(facts: JobFacts): PublicAnswer {
    const { endpoint, queueId, buildNumber } = this.service;
    const body = {
      endpoint,
      code: 202,
      id: facts.requestId,
      job_id: facts.id,
      message: 'processing',
      queue_id: queueId,
      queue_length: facts.queueLength,
      build_number: buildNumber,
    };
    return { status: 202, body: JSON.stringify(body), headers: { 'Preference-Applied': 'respond-async' } };
  }

  private envelope({ facts, end, times }: AnsweredJob, code: number, response: string, message: string): string {
    const { endpoint, queueId, buildNumber } = this.service;
    const head = { endpoint, code, id: facts.requestId, job_id: facts.id };
    const tail = {
      message,
      pid: end.run?.execution.pid ?? null,
      queue_id: queueId,
      run_time: times.runMs / 1000,
      queue_time: times.queueMs / 1000,
      total_time: times.totalMs / 1000,
      queue_length: end.queueLength,
      build_number: buildNumber,
    };
    return `${openEnded(head)},"response":${response},${JSON.stringify(tail).slice(1)}`;
  }
}

/** Undefined when the job came to none. */
function outcomeOf({ end }: AnsweredJob): Outcome | undefined {
  return end.run?.execution.outcome;
}

/** The result is JSON text and is set in as it is: parsing it would round numbers that JavaScript cannot hold. */
function successResponse({ resultJson, stdout, stderr }: Outcome & { kind: 'returned' }): string {
  return `{"result":${resultJson},${JSON.stringify({ stdout, stderr, exit_code: 0 }).slice(1)}`;
}

function presentFailure(outcome: FailedOutcome | undefined, jobId: string): PublicAnswer {
  if (outcome === undefined) return presentError(new PublicError('internal'), jobId);
  const { code: status, message: error } = verdictOn(outcome);
  const isTimeout = outcome.kind === 'timedOut';
  return {
    status,
    body: JSON.stringify(isTimeout ? { error } : { error, stdout: outcome.stdout, exit_code: status }),
    problem: () => ({
      type: problemType(isTimeout ? 'executionTimedOut' : 'executionFailed'),
      title: isTimeout ? 'Execution timed out' : 'Execution failed',
      status,
      detail: error,
      instance: jobPath(jobId),
      job_id: jobId,
      stdout: outcome.stdout,
      stderr: outcome.stderr,
    }),
  };
}

/** The HTTP status that an outcome is answered with, and its sentence; undefined when the job came to none. */
export function verdictOn(outcome: Outcome | undefined): { readonly code: number; readonly message: string } {
  if (outcome === undefined) {
    return { code: ERROR_CATALOGUE.internal.status, message: ERROR_CATALOGUE.internal.sentence };
  }
  if (outcome.kind === 'returned') return { code: 200, message: 'success' };
  return { code: outcome.kind === 'timedOut' ? 408 : 400, message: failureMessage(outcome) };
}

/** JSON text of an object without its closing brace. */
export function openEnded(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}
