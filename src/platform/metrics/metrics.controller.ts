import { Controller, Get, Res, UseGuards } from '@nestjs/common';
import { type Response } from 'express';
import { Registry } from 'prom-client';
import { MetricsTokenGuard } from './metrics-token.guard';

/** What Prometheus scrapes (CONTRACT, "Operations"), in its text format 0.0.4. */
@Controller('metrics')
@UseGuards(MetricsTokenGuard)
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  async read(@Res() response: Response): Promise<void> {
    const text = await this.registry.metrics();
    response.setHeader('Content-Type', this.registry.contentType);
    response.end(text);
  }
}
