import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module';
import { Settings } from '../config/settings';
import { OutcomePresenter } from '../envelope/outcome.presenter';
import { QUEUE_ID } from '../jobs/execution-queue';
import { ProducerModule } from '../jobs/producer.module';
import { ExecutionController } from './execution.controller';
import { ExecutionService } from './execution.service';

const ENDPOINT = '/v1/code/execute/python';

function makePresenter(settings: Settings): OutcomePresenter {
  return new OutcomePresenter({ endpoint: ENDPOINT, queueId: QUEUE_ID, buildNumber: settings.buildNumber });
}

/** `POST /v1/code/execute/python`. */
@Module({
  imports: [AuthModule, ProducerModule],
  controllers: [ExecutionController],
  providers: [ExecutionService, { provide: OutcomePresenter, inject: [Settings], useFactory: makePresenter }],
})
export class ExecutionModule {}
