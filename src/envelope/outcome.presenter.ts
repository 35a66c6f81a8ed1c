import { type AnsweredJob } from '../domain/execution-job';
import { failureMessage, type FailedOutcome } from '../domain/failure-message';
import { type Outcome } from '../domain/outcome';
import { jobPath, problemType } from './problem-details';
import { type PublicAnswer } from './public-answer';

/** What every envelope of a service says about the service. */
export interface ServiceFacts {
  readonly endpoint: string;
  readonly queueId: number;
  readonly buildNumber: string;
}

/** Turns an outcome into what its caller sees: the one place that knows the shape of answers to accepted jobs. */
export class OutcomePresenter {
  constructor(private readonly facts: ServiceFacts) {}

  present(answered: AnsweredJob): PublicAnswer {
    const { outcome } = answered.execution;
    return outcome.kind === 'returned'
      ? { status: 200, body: this.successBody(answered, outcome) }
      : presentFailure(outcome, answered.job.id);
  }

  private successBody(answered: AnsweredJob, outcome: Outcome & { kind: 'returned' }): string {
    const { job, execution, times, queueLength } = answered;
    const { endpoint, queueId, buildNumber } = this.facts;
    const head = { endpoint, code: 200, id: job.request.id ?? null, job_id: job.id };
    const tail = {
      message: 'success',
      pid: execution.pid,
      queue_id: queueId,
      run_time: times.runMs / 1000,
      queue_time: times.queueMs / 1000,
      total_time: times.totalMs / 1000,
      queue_length: queueLength,
      build_number: buildNumber,
    };
    return `${openEnded(head)},"response":${successResponse(outcome)},${JSON.stringify(tail).slice(1)}`;
  }
}

/** The result is JSON text and is set in as it is: parsing it would round numbers that JavaScript cannot hold. */
function successResponse({ resultJson, stdout, stderr }: Outcome & { kind: 'returned' }): string {
  return `{"result":${resultJson},${JSON.stringify({ stdout, stderr, exit_code: 0 }).slice(1)}`;
}

function presentFailure(outcome: FailedOutcome, jobId: string): PublicAnswer {
  const error = failureMessage(outcome);
  const isTimeout = outcome.kind === 'timedOut';
  const status = isTimeout ? 408 : 400;
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

/** JSON text of an object without its closing brace. */
function openEnded(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}
