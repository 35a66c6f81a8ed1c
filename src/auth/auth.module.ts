import { Module } from '@nestjs/common';
import { digestKey } from '../config/api-key.format';
import { Settings } from '../config/settings';
import { ApiKeyGuard } from './api-key.guard';
import { type GeneratedKey, readOrMakeKey } from './generated-key';
import { KeyRing } from './key-ring';

/** Token of the {@link GeneratedKey}, or of null when the operator has set `API_KEYS`. */
export const GENERATED_KEY = Symbol('GeneratedKey');

const GENERATED_KEY_NAME = 'default';

async function provideGeneratedKey(settings: Settings): Promise<GeneratedKey | null> {
  return settings.apiKeys === null ? readOrMakeKey(settings.dataDir) : null;
}

function makeKeyRing(settings: Settings, generated: GeneratedKey | null): KeyRing {
  const made = generated === null ? [] : [{ name: GENERATED_KEY_NAME, digest: digestKey(generated.key) }];
  return new KeyRing(settings.apiKeys ?? made);
}

/** Knows who calls. */
@Module({
  providers: [
    { provide: GENERATED_KEY, inject: [Settings], useFactory: provideGeneratedKey },
    { provide: KeyRing, inject: [Settings, GENERATED_KEY], useFactory: makeKeyRing },
    ApiKeyGuard,
  ],
  exports: [KeyRing, ApiKeyGuard, GENERATED_KEY],
})
export class AuthModule {}
