import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { RedisConnections } from '../platform/redis/redis-connections';
import { RecordsModule } from '../records/records.module';
import { BacklogMetrics } from './backlog.metrics';
import { WEBHOOK_QUEUE, webhookQueueOptions } from './webhook-queue';
import { WebhookOutbox } from './webhook.outbox';

/** The half of `webhooks` that has results delivered. */
@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: WEBHOOK_QUEUE,
      inject: [RedisConnections],
      useFactory: webhookQueueOptions,
    }),
    RecordsModule,
  ],
  providers: [WebhookOutbox, BacklogMetrics],
  exports: [BullModule, RecordsModule, WebhookOutbox],
})
export class WebhookOutboxModule {}
