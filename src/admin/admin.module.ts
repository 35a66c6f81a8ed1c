import { Module } from '@nestjs/common';
import { ProducerModule } from '../jobs/producer.module';
import { QueueBoard } from './queue-board';

/** `/admin/queues`. */
@Module({ imports: [ProducerModule], providers: [QueueBoard] })
export class AdminModule {}
