import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { type Response } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard';
import { sendAnswer } from '../envelope/public-answer';
import { RuntimeService } from './runtime.service';

/** What programs find when they run. */
@Controller('v1/runtime')
@UseGuards(ApiKeyGuard)
export class RuntimeController {
  constructor(private readonly runtime: RuntimeService) {}

  @Get()
  async describe(@Res() response: Response): Promise<void> {
    sendAnswer(response, await this.runtime.describe());
  }
}
