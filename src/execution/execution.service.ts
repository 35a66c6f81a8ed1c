import { Injectable } from '@nestjs/common';
import { answerFromRecord } from '../domain/answered-job';
import { type Caller } from '../domain/caller';
import { PublicError } from '../domain/error-catalogue';
import { type ExecutionRequest } from '../domain/execution-request';
import { hasEnded, type JobRecord } from '../domain/job-record';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { type PublicAnswer } from '../envelope/public-answer';
import { ExecutionProducer } from '../jobs/execution.producer';
import { type ExecutionTerms } from './execution-terms';

/** An accepted execution, or one that was accepted before and is asked for again. */
export interface StartedExecution {
  readonly id: string;
  /** Rejects when the service fails the job, never for its program's own faults. */
  readonly answer: Promise<PublicAnswer> | PublicAnswer;
  /** Whoever asked for it has gone before the answer. */
  abandon(): void;
}

const REPLAYED = { 'Idempotency-Replayed': 'true' };

/** What a caller can do with a program. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly producer: ExecutionProducer,
    private readonly presenter: OutcomePresenter,
  ) {}

  /** @throws PublicError when the execution is not accepted */
  async start(request: ExecutionRequest, caller: Caller, terms: ExecutionTerms): Promise<StartedExecution> {
    const submitted = await this.producer.submit({ request, caller, ...terms });
    if (submitted.isRepeat) return this.replay(submitted.record);
    const { facts, answer } = submitted;
    return {
      id: facts.id,
      answer: answer?.then((answered) => this.presenter.present(answered)) ?? this.presenter.acknowledge(facts),
      abandon: () => {
        this.producer.abandon(facts);
      },
    };
  }

  /** The answer that the first request got, or would have got; while there is none, its refusal names the job too. */
  private replay(record: JobRecord): StartedExecution {
    return {
      id: record.facts.id,
      answer: Promise.resolve(record).then((known) => this.presentAgain(known)),
      abandon: () => undefined,
    };
  }

  private presentAgain(record: JobRecord): PublicAnswer {
    const { facts } = record;
    const first = facts.replyTo === null ? this.presenter.acknowledge(facts) : this.presentEnded(record);
    return { ...first, headers: { ...first.headers, ...REPLAYED } };
  }

  private presentEnded(record: JobRecord): PublicAnswer {
    if (!hasEnded(record)) throw new PublicError('idempotentRequestRunning');
    return this.presenter.present(answerFromRecord(record));
  }
}
