import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { RedisConnections } from '../platform/redis/redis-connections';
import { CompletedRunStore } from './completed-run.store';
import { EXECUTION_QUEUE } from './execution-queue';
import { queueOptions } from './queue-options';
import { ReplyChannel } from './reply.channel';

/** The queue itself, what is kept of its jobs, and the way back: what both halves of `jobs` need. */
@Module({
  imports: [
    BullModule.forRootAsync({ inject: [RedisConnections, Settings], useFactory: queueOptions }),
    BullModule.registerQueue({ name: EXECUTION_QUEUE }),
  ],
  providers: [ReplyChannel, CompletedRunStore],
  exports: [BullModule, ReplyChannel, CompletedRunStore],
})
export class QueueModule {}
