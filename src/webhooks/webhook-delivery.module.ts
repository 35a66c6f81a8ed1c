import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { AuthModule } from '../auth/auth.module';
import { KeyRing } from '../auth/key-ring';
import { Settings } from '../config/settings';
import { PresentersModule } from '../envelope/presenters.module';
import { AddressRule } from '../platform/net/address-rule';
import { NetModule } from '../platform/net/net.module';
import { DeliveryMetrics } from './delivery.metrics';
import { HostGate } from './host-gate';
import { WebhookOutboxModule } from './webhook-outbox.module';
import { WebhookClient } from './webhook.client';
import { WebhookProcessor } from './webhook.processor';
import { WebhookSecrets } from './webhook-secrets';

async function loadSecrets(settings: Settings, keyRing: KeyRing, logger: PinoLogger): Promise<WebhookSecrets> {
  const secrets = await WebhookSecrets.load(settings, (callerName) => keyRing.webhookSecretsOf(callerName));
  if (secrets.isGenerated && settings.redisUrl !== null) {
    logger.warn('WEBHOOK_SECRET is not set: other instances on this Redis sign webhooks differently');
  }
  return secrets;
}

/** The half of `webhooks` that delivers. It has the secrets, and connects to places that callers name. */
@Module({
  imports: [AuthModule, WebhookOutboxModule, PresentersModule, NetModule],
  providers: [
    WebhookProcessor,
    DeliveryMetrics,
    { provide: HostGate, useFactory: () => new HostGate() },
    { provide: WebhookSecrets, inject: [Settings, KeyRing, PinoLogger], useFactory: loadSecrets },
    { provide: WebhookClient, inject: [AddressRule], useFactory: (rule: AddressRule) => new WebhookClient(rule) },
  ],
  exports: [WebhookProcessor],
})
export class WebhookDeliveryModule {}
