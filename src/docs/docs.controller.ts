import { hash } from 'node:crypto';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { OPENAPI_DOCUMENT } from './openapi.document';

const TEXT = JSON.stringify(OPENAPI_DOCUMENT);
const HEADERS = {
  ETag: `"${hash('sha256', TEXT, 'base64url')}"`,
  // A copy may be kept, but is asked about before it is used: the next version of the service has another.
  'Cache-Control': 'no-cache',
};

/** The description of the API, for programs. For people {@link serveSwaggerUi} shows the same. */
@Controller('docs-json')
export class DocsController {
  @Get()
  describe(@Req() request: Request, @Res() response: Response): void {
    response.set(HEADERS);
    if (request.fresh) response.status(304).end();
    else response.setHeader('Content-Type', 'application/json; charset=utf-8').end(TEXT);
  }
}
