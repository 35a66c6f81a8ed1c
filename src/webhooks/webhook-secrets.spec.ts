import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { WebhookSecrets } from './webhook-secrets';

/** A secret like no other. */
function secretOf(filler: number): string {
  return `whsec_${Buffer.alloc(32, filler).toString('base64')}`;
}

/** Whether a receiver that knows this secret takes the message. */
function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

describe(WebhookSecrets.name, () => {
  describe('sign', () => {
    const message = { id: '5f2b', timestamp: new Date(), body: '{"id":"ñ"}' };
    const [shared, oldShared, own, oldOwn] = [1, 2, 3, 4].map(secretOf) as [string, string, string, string];
    const secrets = new WebhookSecrets([
      { keyName: null, secret: shared },
      { keyName: 'team', secret: own },
      { keyName: null, secret: oldShared },
      { keyName: 'team', secret: oldOwn },
    ]);

    it('signs as the specification has it', () => {
      // The values that its reference libraries are tested with.
      const known = {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestamp: new Date(1614265330_999),
        body: '{"test": 2432232314}',
      };
      const sole = new WebhookSecrets([{ keyName: null, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }]);
      expect(sole.sign('any', known)).toEqual({
        'webhook-id': known.id,
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      });
    });

    it('lets receivers verify with each of the shared secrets, and with no other', () => {
      const headers = secrets.sign('another', message);
      expect([shared, oldShared, own, oldOwn].map((secret) => verifies(secret, message.body, headers))).toEqual([
        ...[true, true],
        ...[false, false],
      ]);
      expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    });

    it('signs with the first one first, which is all that some receivers look at', () => {
      const first = secrets.sign('another', message)['webhook-signature']!.split(' ')[0]!;
      expect(first).toBe(new Webhook(shared).sign(message.id, message.timestamp, message.body));
    });

    it("signs with a key's own secrets only", () => {
      const headers = secrets.sign('team', message);
      expect([shared, oldShared, own, oldOwn].map((secret) => verifies(secret, message.body, headers))).toEqual([
        ...[false, false],
        ...[true, true],
      ]);
    });

    it('signs with what a key has now, rather than with what it is set to', () => {
      let now: readonly string[] = [];
      const changing = new WebhookSecrets(
        [
          { keyName: null, secret: shared },
          { keyName: 'team', secret: own },
        ],
        false,
        (name) => (name === 'team' ? now : []),
      );
      const signers = (): boolean[] => {
        const headers = changing.sign('team', message);
        return [shared, own, oldOwn, oldShared].map((secret) => verifies(secret, message.body, headers));
      };
      expect(signers()).toEqual([false, true, false, false]);
      now = [oldOwn, oldShared];
      expect(signers()).toEqual([false, false, true, true]);
      expect(verifies(shared, message.body, changing.sign('another', message))).toBe(true);
    });

    it('signs any text, and vouches for all of it', () => {
      const text = fc.string({ unit: 'binary' });
      fc.assert(
        fc.property(text, text, (body, other) => {
          const headers = secrets.sign('another', { ...message, body });
          expect(verifies(shared, body, headers)).toBe(true);
          expect(verifies(shared, other, headers)).toBe(Buffer.from(other).equals(Buffer.from(body)));
        }),
      );
    });

    it('signs nothing without a secret', () => {
      const named = new WebhookSecrets([{ keyName: 'team', secret: own }]);
      expect(() => named.sign('another', message)).toThrow('no secret');
    });
  });

  describe('load', () => {
    const message = { id: '5f2b', timestamp: new Date(), body: '{}' };

    it('makes a secret once, which only its owner can read, and signs with it from then on', async () => {
      using directory = new TemporaryDirectory();
      const file = join(directory.path, 'data', 'webhook-secret');
      const settings = { dataDir: join(directory.path, 'data'), webhookSecret: [] };
      const made = await WebhookSecrets.load(settings);
      const read = await WebhookSecrets.load(settings);
      expect([made.isGenerated, read.isGenerated]).toEqual([true, true]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(verifies(readFileSync(file, 'utf8').trim(), '{}', made.sign('any', message))).toBe(true);
      expect(read.sign('any', message)).toEqual(made.sign('any', message));
    });

    it('makes one for the keys that have none of their own', async () => {
      using directory = new TemporaryDirectory();
      const own = { keyName: 'team', secret: secretOf(1) };
      const secrets = await WebhookSecrets.load({ dataDir: directory.path, webhookSecret: [own] });
      expect(verifies(own.secret, '{}', secrets.sign('team', message))).toBe(true);
      expect(verifies(own.secret, '{}', secrets.sign('another', message))).toBe(false);
    });

    it('makes none where one is given', async () => {
      using directory = new TemporaryDirectory();
      const dataDir = join(directory.path, 'never-made');
      const secrets = await WebhookSecrets.load({ dataDir, webhookSecret: [{ keyName: null, secret: secretOf(1) }] });
      expect(secrets.isGenerated).toBe(false);
      expect(verifies(secretOf(1), '{}', secrets.sign('any', message))).toBe(true);
      expect(() => statSync(dataDir)).toThrow('ENOENT');
    });

    it.each(['', '\n', 'whsec_c2hvcnQ=\n'])('refuses a file with %j and does not repeat it', async (content) => {
      using directory = new TemporaryDirectory();
      writeFileSync(join(directory.path, 'webhook-secret'), content);
      const failure: unknown = await WebhookSecrets.load({ dataDir: directory.path, webhookSecret: [] }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(StartupError);
      expect((failure as StartupError).message).toMatch(/^DATA_DIR\/webhook-secret .* set WEBHOOK_SECRET$/);
    });
  });
});
