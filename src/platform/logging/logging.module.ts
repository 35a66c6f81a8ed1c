import { Module } from '@nestjs/common';
import { LoggerModule, type Params } from 'nestjs-pino';
import { type DestinationStream } from 'pino';
import { Settings } from '../../config/settings';
import { serializeError } from './error.serializer';
import { FrameworkLogger } from './framework.logger';
import { contextFields } from './log-context';
import { LogOutput } from './log.output';
import { RequestLog } from './request.log';

async function logParameters(settings: Settings): Promise<Params> {
  return {
    pinoHttp: {
      level: settings.logLevel,
      base: { build: settings.buildNumber },
      serializers: { err: serializeError },
      mixin: () => contextFields(),
      autoLogging: false,
      // For eyes only where there are some; what reads a pipe or a file wants JSON.
      stream: process.stdout.isTTY ? await prettyStream() : new LogOutput(process.stdout),
    },
    // `RequestLog` is cheaper than that middleware, which makes a logger for each request.
    forRoutes: [],
  };
}

async function prettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ sync: true, singleLine: true, ignore: 'build' });
}

/**
 * Logs as JSON lines on stdout, on a terminal as lines to be read. ERROR means that someone must act: a failing program, a bad
 * request or a slow caller is none. Never logged: source code, output of programs, keys, where webhooks go.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [Settings],
      useFactory: logParameters,
    }),
  ],
  providers: [FrameworkLogger, RequestLog],
  exports: [FrameworkLogger, RequestLog],
})
export class LoggingModule {}
