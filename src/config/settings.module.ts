import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Settings } from './settings';
import { loadSettings } from './settings.loader';

/** Gives every module the validated {@link Settings}. */
@Global()
@Module({
  imports: [ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, load: [loadSettings] })],
  providers: [{ provide: Settings, inject: [loadSettings.KEY], useFactory: (settings: Settings) => settings }],
  exports: [Settings],
})
export class SettingsModule {}
