import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { RedisConnections } from '../platform/redis/redis-connections';
import { RecordsModule } from '../records/records.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { EXECUTION_QUEUE } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { InstancePresence } from './instance-presence';
import { InstanceMetrics } from './instance.metrics';
import { JobCloser } from './job.closer';
import { JobLocks } from './job.locks';
import { JobMetrics } from './job.metrics';
import { OutputChannel } from './output.channel';
import { QueueMetrics } from './queue.metrics';
import { queueOptions } from './queue-options';
import { WorkerCensus } from './worker.census';

/** The queue itself, the end of its jobs, and the ways from process to process: what both halves of `jobs` need. */
@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: EXECUTION_QUEUE,
      inject: [RedisConnections, Settings],
      useFactory: queueOptions,
    }),
    RecordsModule,
    WebhookOutboxModule,
  ],
  providers: [
    InstanceChannel,
    InstanceMetrics,
    InstancePresence,
    JobCloser,
    JobLocks,
    JobMetrics,
    OutputChannel,
    QueueMetrics,
    WorkerCensus,
  ],
  exports: [
    BullModule,
    RecordsModule,
    WebhookOutboxModule,
    InstanceChannel,
    InstancePresence,
    JobCloser,
    JobLocks,
    JobMetrics,
    OutputChannel,
    WorkerCensus,
  ],
})
export class QueueModule {}
