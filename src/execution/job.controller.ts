import { Controller, Delete, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { type Response } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard';
import { CurrentCaller } from '../auth/caller';
import { type Caller } from '../domain/caller';
import { sendAnswer } from '../envelope/public-answer';
import { JobService } from './job.service';

/** What became of accepted executions. */
@Controller('v1/jobs')
@UseGuards(ApiKeyGuard)
export class JobController {
  constructor(private readonly jobs: JobService) {}

  @Get(':jobId')
  async describe(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    sendAnswer(response, await this.jobs.describe(jobId, caller));
  }

  @Delete(':jobId')
  async cancel(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    sendAnswer(response, await this.jobs.cancel(jobId, caller));
  }

  @Post(':jobId/webhook/redeliver')
  async redeliver(
    @Param('jobId') jobId: string,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    sendAnswer(response, await this.jobs.redeliver(jobId, caller));
  }
}
