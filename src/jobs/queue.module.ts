import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { RedisConnections } from '../platform/redis/redis-connections';
import { RecordsModule } from '../records/records.module';
import { WebhookOutboxModule } from '../webhooks/webhook-outbox.module';
import { EXECUTION_QUEUE } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { JobCloser } from './job.closer';
import { OutputChannel } from './output.channel';
import { queueOptions } from './queue-options';

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
  providers: [InstanceChannel, JobCloser, OutputChannel],
  exports: [BullModule, RecordsModule, WebhookOutboxModule, InstanceChannel, JobCloser, OutputChannel],
})
export class QueueModule {}
