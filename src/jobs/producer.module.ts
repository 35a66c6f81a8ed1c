import { Module } from '@nestjs/common';
import { ExecutionProducer } from './execution.producer';
import { LostJobWatch } from './lost-job.watch';
import { PendingAnswers } from './pending-answers';
import { QueueLengthReader } from './queue-length.reader';
import { QueueModule } from './queue.module';

/** The half of `jobs` that accepts executions and answers them. It needs no jail. */
@Module({
  imports: [QueueModule],
  providers: [ExecutionProducer, PendingAnswers, QueueLengthReader, LostJobWatch],
  exports: [ExecutionProducer],
})
export class ProducerModule {}
