import { Webhook } from 'standardwebhooks';
import { type Settings } from '../config/settings';
import { isWebhookSecret, type WebhookSecret } from '../config/webhook-secret.format';
import { type GeneratedSecret, readOrMakeSecret } from '../platform/generated-secret';

/** What a signature vouches for. */
export interface WebhookMessage {
  /** The same at every try. */
  readonly id: string;
  /** When this try is made. */
  readonly timestamp: Date;
  readonly body: string;
}

/**
 * Signs webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * A key with secrets of its own has its webhooks signed with those only, any other key with the unnamed ones: what the file of
 * keys says now comes before what `WEBHOOK_SECRET` says. All secrets of a kind sign, in their order, so that a receiver that
 * knows only the old one can still verify while they are changed.
 */
export class WebhookSecrets {
  private readonly signers = new Map<string | null, Webhook[]>();

  /** @param secrets with at least one that has no name */
  constructor(
    secrets: readonly WebhookSecret[],
    /** Whether one of them is the service's own, as its operator has set none. */
    readonly isGenerated = false,
    /** Secrets of a key that may change; empty for none. */
    private readonly changing: (callerName: string) => readonly string[] = () => [],
  ) {
    for (const { keyName, secret } of secrets) {
      this.signers.set(keyName, [...(this.signers.get(keyName) ?? []), new Webhook(secret)]);
    }
  }

  /** Those of `WEBHOOK_SECRET`, and where none there is for all keys, one kept in `DATA_DIR`. @throws StartupError */
  static async load(
    settings: Pick<Settings, 'webhookSecret' | 'dataDir'>,
    changing?: (callerName: string) => readonly string[],
  ): Promise<WebhookSecrets> {
    const given = settings.webhookSecret;
    if (given.some(({ keyName }) => keyName === null)) return new WebhookSecrets(given, false, changing);
    const { secret } = await readOrMakeWebhookSecret(settings.dataDir);
    return new WebhookSecrets([...given, { keyName: null, secret }], true, changing);
  }

  /** The headers that vouch for a message. @param callerName name of the API key it belongs to */
  sign(callerName: string, { id, timestamp, body }: WebhookMessage): Record<string, string> {
    const changing = this.changing(callerName).map((secret) => new Webhook(secret));
    const signers = changing.length > 0 ? changing : (this.signers.get(callerName) ?? this.signers.get(null));
    if (signers === undefined) throw new Error('There is no secret to sign webhooks with');
    return {
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(timestamp.getTime() / 1000)}`,
      'webhook-signature': signers.map((signer) => signer.sign(id, timestamp, body)).join(' '),
    };
  }
}

async function readOrMakeWebhookSecret(dataDir: string): Promise<GeneratedSecret> {
  return readOrMakeSecret(dataDir, {
    fileName: 'webhook-secret',
    setting: 'WEBHOOK_SECRET',
    write: (bytes) => `whsec_${bytes.toString('base64')}`,
    isValid: isWebhookSecret,
  });
}
