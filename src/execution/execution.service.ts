import { Injectable } from '@nestjs/common';
import { type Caller } from '../auth/caller';
import { type ExecutionRequest } from '../domain/execution-request';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { type PublicAnswer } from '../envelope/public-answer';
import { ExecutionProducer } from '../jobs/execution.producer';

/** An accepted execution. */
export interface StartedExecution {
  readonly id: string;
  /** Rejects when the service fails the job, never for its program's own faults. */
  readonly answer: Promise<PublicAnswer>;
}

/** What a caller can do with a program. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly producer: ExecutionProducer,
    private readonly presenter: OutcomePresenter,
  ) {}

  /** @throws PublicError when the execution is not accepted */
  async start(request: ExecutionRequest, caller: Caller): Promise<StartedExecution> {
    const { id, answer } = await this.producer.submit(request, caller.name);
    return { id, answer: answer.then((answered) => this.presenter.present(answered)) };
  }
}
