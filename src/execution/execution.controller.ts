import { Controller, Post, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { type Response } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard';
import { CurrentCaller } from '../auth/caller';
import { RateLimitGuard } from '../auth/rate-limit.guard';
import { type Caller } from '../domain/caller';
import { type ExecutionRequest } from '../domain/execution-request';
import { jobPath } from '../envelope/problem-details';
import { sendAnswer } from '../envelope/public-answer';
import { JOB_ID_HEADER } from '../platform/http/job-id';
import { ExecutionRequestPipe } from './execution-request.pipe';
import { type ExecutionTerms, Terms } from './execution-terms';
import { ExecutionService } from './execution.service';
import { hangUp } from './hang-up';
import { RawBodyInterceptor } from './raw-body.interceptor';
import { SentBody } from './sent-body';

@Controller('v1/code/execute')
@UseGuards(ApiKeyGuard, RateLimitGuard)
@UseInterceptors(RawBodyInterceptor)
export class ExecutionController {
  constructor(private readonly executions: ExecutionService) {}

  @Post('python')
  async executePython(
    @Terms() terms: ExecutionTerms,
    @SentBody(ExecutionRequestPipe) request: ExecutionRequest,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.executions.start(request, caller, terms);
    // Before the outcome is known: an answer that says that the service failed names the job too.
    response.setHeader(JOB_ID_HEADER, job.id).setHeader('Location', jobPath(job.id));
    const answer = await Promise.race([job.answer, hangUp(response)]);
    if (answer === null) job.abandon();
    else sendAnswer(response, answer);
  }
}
