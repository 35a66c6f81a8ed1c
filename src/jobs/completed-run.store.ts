import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../config/settings';
import { type CompletedRun } from '../domain/execution-job';
import { RedisConnections } from '../platform/redis/redis-connections';
import { decodeRun, encodeRun } from './completed-run.codec';
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
   * Keeps a run. Commands on a connection are carried out in order: what is sent on the same one once this has resolved
   * finds the run kept. Never throws; a failure is logged.
   */
  async save(jobId: string, run: CompletedRun): Promise<void> {
    const { commands } = this.connections;
    const encoded = await encodeRun(run);
    commands.set(runKey(jobId), encoded, 'EX', this.settings.jobRetentionSeconds).catch((error: unknown) => {
      this.logger.warn({ jobId, err: error }, 'An outcome could not be kept');
    });
  }

  /** The run of a job, or null when none is kept. */
  async find(jobId: string): Promise<CompletedRun | null> {
    const encoded = await this.connections.commands.getBuffer(runKey(jobId));
    return encoded === null ? null : decodeRun(encoded);
  }
}

function runKey(jobId: string): string {
  return `${KEY_PREFIX}:runs:${jobId}`;
}
