import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module';
import { OPENAPI_DOCUMENT } from './docs/openapi.document';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Method and path of each operation. */
function operationsOf({ paths }: OpenAPIObject): string[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => METHODS.includes(key))
      .map((method) => `${method} ${path}`),
  );
}

describe(AppModule.name, () => {
  it('has the routes that the description of the API names, and no other', async () => {
    const app = await NestFactory.create(AppModule.forRole('all'), { preview: true, logger: false });
    const routes = operationsOf(SwaggerModule.createDocument(app, new DocumentBuilder().build()));
    expect(operationsOf(OPENAPI_DOCUMENT).sort()).toEqual(routes.sort());
  });
});
