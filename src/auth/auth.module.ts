import { Module } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { digestKey } from '../config/api-key.format';
import { Settings } from '../config/settings';
import { ApiKeyGuard } from './api-key.guard';
import { AuthMetrics } from './auth.metrics';
import { GENERATED_KEY_NAME, type GeneratedKey, readOrMakeKey } from './generated-key';
import { KeyFile } from './key-file';
import { KeyFileWatch } from './key-file.watch';
import { KeyRing } from './key-ring';
import { RateLimitGuard } from './rate-limit.guard';
import { RateLimiter } from './rate-limiter';
import { UnknownKeyThrottle } from './unknown-key.throttle';

/** Token of the {@link GeneratedKey}, or of null when the operator has set `API_KEYS` or `API_KEYS_FILE`. */
export const GENERATED_KEY = Symbol('GeneratedKey');

async function provideGeneratedKey({ apiKeys, apiKeysFile, dataDir }: Settings): Promise<GeneratedKey | null> {
  return apiKeys === null && apiKeysFile === null ? readOrMakeKey(dataDir) : null;
}

function makeKeyRing(settings: Settings, generated: GeneratedKey | null): KeyRing {
  const made = generated === null ? [] : [{ name: GENERATED_KEY_NAME, digest: digestKey(generated.key) }];
  return new KeyRing(settings, settings.apiKeys ?? made);
}

/** Fills the ring before anybody is let in. */
async function watchKeyFile(settings: Settings, ring: KeyRing, logger: PinoLogger): Promise<KeyFileWatch> {
  const watch = new KeyFileWatch(new KeyFile(settings, ring.fixed), ring, logger);
  await watch.load();
  return watch;
}

/** Knows who calls, and how often. */
@Module({
  providers: [
    { provide: GENERATED_KEY, inject: [Settings], useFactory: provideGeneratedKey },
    { provide: KeyRing, inject: [Settings, GENERATED_KEY], useFactory: makeKeyRing },
    { provide: KeyFileWatch, inject: [Settings, KeyRing, PinoLogger], useFactory: watchKeyFile },
    ApiKeyGuard,
    AuthMetrics,
    RateLimiter,
    RateLimitGuard,
    UnknownKeyThrottle,
  ],
  exports: [KeyRing, ApiKeyGuard, AuthMetrics, UnknownKeyThrottle, RateLimiter, RateLimitGuard, GENERATED_KEY],
})
export class AuthModule {}
