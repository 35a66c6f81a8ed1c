import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Settings } from '../../config/settings';
import { serializeError } from './error.serializer';
import { FrameworkLogger } from './framework.logger';

/**
 * Logs as JSON lines on stdout. ERROR means that someone must act: a failing program, a bad request or a slow caller is
 * none. Never logged: source code, output of programs, keys.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        pinoHttp: {
          level: settings.logLevel,
          base: { build: settings.buildNumber },
          serializers: { err: serializeError },
          autoLogging: false,
        },
        // One line for each job says more than one for each request, and the middleware would cost every request.
        forRoutes: [],
      }),
    }),
  ],
  providers: [FrameworkLogger],
  exports: [FrameworkLogger],
})
export class LoggingModule {}
