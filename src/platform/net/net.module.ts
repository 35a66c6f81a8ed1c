import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { AddressRule } from './address-rule';

/** Knows where this service may connect to on behalf of callers. */
@Module({
  providers: [
    {
      provide: AddressRule,
      inject: [Settings],
      useFactory: ({ webhookAllowedNetworks }: Settings) => new AddressRule(webhookAllowedNetworks),
    },
  ],
  exports: [AddressRule],
})
export class NetModule {}
