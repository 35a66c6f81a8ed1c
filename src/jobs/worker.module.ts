import { Module } from '@nestjs/common';
import { SandboxModule } from '../sandbox/sandbox.module';
import { ExecutionProcessor } from './execution.processor';
import { QueueModule } from './queue.module';
import { ReplyCourier } from './reply.courier';

/** The half of `jobs` that runs executions. */
@Module({
  imports: [QueueModule, SandboxModule],
  providers: [ExecutionProcessor, ReplyCourier],
  exports: [ExecutionProcessor],
})
export class WorkerModule {}
