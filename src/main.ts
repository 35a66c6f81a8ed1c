import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { announce } from './announcement';
import { AppModule } from './app.module';
import { loadSettings } from './config/settings.loader';
import { shortSecrets } from './config/short-secrets';
import { configureApp, makeAdapter } from './configure-app';
import { StartupError } from './domain/startup-error';
import { listen } from './platform/http/http-server';
import { FrameworkLogger } from './platform/logging/framework.logger';
import { StopSignals } from './shutdown/stop-signals';

async function start(): Promise<void> {
  const stopSignals = new StopSignals();
  const settings = loadSettings();
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRole(settings.role), makeAdapter(), {
    // Bodies are read after the guards, by the route that wants one.
    bodyParser: false,
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
  });
  configureApp(app);
  stopSignals.attach(app, settings.shutdownGraceSeconds);
  app.flushLogs();
  for (const name of shortSecrets(settings)) app.get(FrameworkLogger).warn(`${name} is short enough to be guessed`);
  await app.init();
  await listen(app.getHttpServer(), settings.port, settings.host);
  announce(app, settings);
}

start().catch((error: unknown) => {
  const story = error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`The service cannot start.\n${story}\n`);
  process.exit(1);
});
