import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller';

/** Describes the API. */
@Module({ controllers: [DocsController] })
export class DocsModule {}
