import { Module } from '@nestjs/common';
import { JobRecords } from './job-records';
import { WaitingJobs } from './waiting-jobs';

/** What is known of each job. */
@Module({ providers: [JobRecords, WaitingJobs], exports: [JobRecords, WaitingJobs] })
export class RecordsModule {}
