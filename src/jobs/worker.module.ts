import { Module } from '@nestjs/common';
import { SandboxModule } from '../sandbox/sandbox.module';
import { AbsentCallers } from './absent-callers';
import { ExecutionProcessor } from './execution.processor';
import { QueueModule } from './queue.module';
import { RunningJobs } from './running-jobs';
import { RuntimeAnnouncer } from './runtime.announcer';
import { RuntimeBoard } from './runtime.board';

/** The half of `jobs` that runs executions. */
@Module({
  imports: [QueueModule, SandboxModule],
  providers: [AbsentCallers, ExecutionProcessor, RunningJobs, RuntimeAnnouncer, RuntimeBoard],
  exports: [ExecutionProcessor, QueueModule],
})
export class WorkerModule {}
