import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { OutcomePresenter } from './outcome.presenter';
import { RecordPresenter } from './record.presenter';
import { describeService } from './service-facts';

/** The public forms of jobs. */
@Module({
  providers: [
    {
      provide: OutcomePresenter,
      inject: [Settings],
      useFactory: ({ buildNumber }: Settings) => new OutcomePresenter(describeService(buildNumber)),
    },
    {
      provide: RecordPresenter,
      inject: [Settings],
      useFactory: ({ buildNumber }: Settings) => new RecordPresenter(describeService(buildNumber)),
    },
  ],
  exports: [OutcomePresenter, RecordPresenter],
})
export class PresentersModule {}
