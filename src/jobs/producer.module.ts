import { Module } from '@nestjs/common';
import { AbsentWorkers } from './absent-workers';
import { ExecutionProducer } from './execution.producer';
import { FollowedJobs } from './followed-jobs';
import { JobCanceller } from './job.canceller';
import { LostJobWatch } from './lost-job.watch';
import { PendingAnswers } from './pending-answers';
import { QueueLengthReader } from './queue-length.reader';
import { QueuePace } from './queue-pace';
import { QueueModule } from './queue.module';
import { RuntimeBoard } from './runtime.board';

/** The half of `jobs` that accepts executions, answers them, and follows them. It needs no jail. */
@Module({
  imports: [QueueModule],
  providers: [
    AbsentWorkers,
    ExecutionProducer,
    JobCanceller,
    FollowedJobs,
    PendingAnswers,
    QueueLengthReader,
    QueuePace,
    LostJobWatch,
    RuntimeBoard,
  ],
  exports: [ExecutionProducer, JobCanceller, FollowedJobs, RuntimeBoard, QueueModule],
})
export class ProducerModule {}
