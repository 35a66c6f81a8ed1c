import { type NestExpressApplication } from '@nestjs/platform-express';
import { answerBrokenRequests } from './envelope/broken-request.responder';
import { setTimeouts } from './platform/http/http-server';
import { FrameworkLogger } from './platform/logging/framework.logger';

/** Everything about the application that is not a module; the same for the service and for tests. */
export function configureApp(app: NestExpressApplication): void {
  app.useLogger(app.get(FrameworkLogger));
  app.disable('x-powered-by');
  // Answers differ every time: hashing them would be in vain.
  app.disable('etag');
  const server = app.getHttpServer();
  setTimeouts(server);
  answerBrokenRequests(server);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
}
