import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import { Settings } from './config/settings';
import { serveSwaggerUi } from './docs/swagger-ui';
import { answerBrokenRequests, checkHost } from './envelope/broken-request.responder';
import { configureCors } from './platform/http/cors';
import { HttpMetrics } from './platform/http/http.metrics';
import { cutStuckReaders, setTimeouts } from './platform/http/http-server';
import { answerInTurn } from './platform/http/pipelining';
import { setSecurityHeaders } from './platform/http/security-headers';
import { trustedProxies } from './platform/http/trusted-proxies';
import { FrameworkLogger } from './platform/logging/framework.logger';
import { RequestLog } from './platform/logging/request.log';
import { ConnectionDrain } from './shutdown/connection.drain';

/** Express with one address for each thing: neither `/V1/…` nor a slash at the end leads around a proxy's rules for a path. */
export function makeAdapter(): ExpressAdapter {
  const instance = express();
  // Read once, when Nest's adapter makes the router.
  instance.enable('strict routing');
  instance.enable('case sensitive routing');
  return new ExpressAdapter(instance);
}

/** Everything about the application that is not a module; the same for the service and for tests. */
export function configureApp(app: NestExpressApplication): void {
  const settings = app.get(Settings);
  app.useLogger(app.get(FrameworkLogger));
  app.disable('x-powered-by');
  // Answers differ every time: hashing them would be in vain.
  app.disable('etag');
  const metrics = app.get(HttpMetrics, { strict: false });
  app.use(answerInTurn());
  app.use(app.get(ConnectionDrain, { strict: false }).follow);
  app.use(metrics.follow);
  app.use(app.get(RequestLog).observe);
  app.use(setSecurityHeaders);
  app.use(cutStuckReaders());
  app.set('trust proxy', trustedProxies(settings.trustedProxies));
  app.use(checkHost);
  configureCors(app, settings.corsAllowedOrigins);
  if (settings.role !== 'worker') serveSwaggerUi(app);
  const server = app.getHttpServer();
  setTimeouts(server);
  answerBrokenRequests(server, metrics);
}
