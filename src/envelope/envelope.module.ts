import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { PublicErrorFilter } from './public-error.filter';

/** Gives every answer of the service its public form. */
@Module({ providers: [{ provide: APP_FILTER, useClass: PublicErrorFilter }] })
export class EnvelopeModule {}
