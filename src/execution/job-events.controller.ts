import { Controller, Get, Headers, Param, Res, UseGuards } from '@nestjs/common';
import { type Response } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard';
import { CurrentCaller } from '../auth/caller';
import { type Caller } from '../domain/caller';
import { EventStreams } from './event-streams';
import { JobService } from './job.service';

/** What a job's program writes, as it is written. */
@Controller('v1/jobs')
@UseGuards(ApiKeyGuard)
export class JobEventsController {
  constructor(
    private readonly jobs: JobService,
    private readonly streams: EventStreams,
  ) {}

  @Get(':jobId/events')
  async follow(
    @Param('jobId') jobId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    this.streams.open(await this.jobs.find(jobId, caller), lastEventId, response);
  }
}
