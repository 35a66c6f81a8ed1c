import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { PresentersModule } from '../envelope/presenters.module';
import { ProducerModule } from '../jobs/producer.module';
import { NetModule } from '../platform/net/net.module';
import { EventStreamMetrics } from './event-stream.metrics';
import { EventStreams } from './event-streams';
import { ExecutionController } from './execution.controller';
import { ExecutionService } from './execution.service';
import { JobEventsController } from './job-events.controller';
import { JobController } from './job.controller';
import { JobService } from './job.service';
import { RuntimeController } from './runtime.controller';
import { RuntimeService } from './runtime.service';

/** `POST /v1/code/execute/python`, and what can be asked of the jobs that it makes. */
@Module({
  imports: [AuthModule, NetModule, PresentersModule, ProducerModule],
  controllers: [ExecutionController, JobController, JobEventsController, RuntimeController],
  providers: [ExecutionService, JobService, EventStreams, EventStreamMetrics, RuntimeService],
})
export class ExecutionModule {}
