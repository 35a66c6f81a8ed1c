import { NotFoundException } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { type NextFunction, type Request, type Response } from 'express';
import { OPENAPI_DOCUMENT } from './openapi.document';

const PATH = '/docs';
/** What the page is made of. The folder that it is served from has more: manuals, sources and versions. */
const PARTS = new Set([
  ...['/', '/swagger-ui.css', '/favicon-16x16.png', '/favicon-32x32.png'],
  ...['/swagger-ui-bundle.js', '/swagger-ui-standalone-preset.js', '/swagger-ui-init.js'],
]);

/**
 * Shows the description of the API as a page at `/docs`, where requests can be tried out. All of it is served from here, and no
 * script is inline. Call it before the application is initialised: afterwards all unknown paths have been answered.
 */
export function serveSwaggerUi(app: NestExpressApplication): void {
  app.use(PATH, (request: Request, _response: Response, next: NextFunction) => {
    next(PARTS.has(request.path) ? undefined : new NotFoundException());
  });
  SwaggerModule.setup(PATH, app, OPENAPI_DOCUMENT, {
    raw: false,
    customSiteTitle: OPENAPI_DOCUMENT.info.title,
    swaggerOptions: { displayRequestDuration: true },
  });
}
