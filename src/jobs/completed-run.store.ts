import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { type CompletedRun } from '../domain/execution-job';
import { RedisConnections } from '../platform/redis/redis-connections';
import { KEY_PREFIX } from './execution-queue';

/**
 * Keeps what came of each job for `JOB_RETENTION_SECONDS`. Not Bull's return value: Bull sends that twice, once to be kept
 * and once to be published, which megabytes of output make dear.
 */
@Injectable()
export class CompletedRunStore {
  constructor(
    private readonly connections: RedisConnections,
    private readonly settings: Settings,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(CompletedRunStore.name);
  }

  /**
   * Keeps a run. Commands on a connection are carried out in order: what is sent on the same one after this call finds the
   * run kept. Never throws; a failure is logged.
   */
  save(jobId: string, run: CompletedRun): void {
    const { commands } = this.connections;
    commands
      .set(runKey(jobId), JSON.stringify(run), 'EX', this.settings.jobRetentionSeconds)
      .catch((error: unknown) => {
        this.logger.warn({ jobId, err: error }, 'An outcome could not be kept');
      });
  }

  /** The run of a job, or null when none is kept. */
  async find(jobId: string): Promise<CompletedRun | null> {
    const text = await this.connections.commands.get(runKey(jobId));
    return text === null ? null : (JSON.parse(text) as CompletedRun);
  }
}

function runKey(jobId: string): string {
  return `${KEY_PREFIX}:runs:${jobId}`;
}
