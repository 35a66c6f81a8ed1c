import { Module } from '@nestjs/common';
import { JobRecords } from './job-records';

/** What is known of each job. */
@Module({ providers: [JobRecords], exports: [JobRecords] })
export class RecordsModule {}
