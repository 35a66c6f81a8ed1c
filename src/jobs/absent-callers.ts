import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { NEVER_RUN } from '../domain/completed-run';
import { type JobFacts, outlivesCaller } from '../domain/job-record';
import { persistently } from '../platform/redis/persistently';
import { InstanceChannel } from './instance.channel';
import { InstancePresence } from './instance-presence';
import { JobCloser } from './job.closer';

/** An instance that was lost with its callers is not worth a question for jobs that are run at once. */
const MIN_WAIT_MS = 1_000;

/** Keeps workers from running programs whose callers are gone, with the instance that held their connections. */
@Injectable()
export class AbsentCallers {
  constructor(
    private readonly presence: InstancePresence,
    private readonly channel: InstanceChannel,
    private readonly closer: JobCloser,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(AbsentCallers.name);
  }

  /**
   * Closes a job as cancelled when nobody waits for it any more. Takes no time for one that was taken at once, and some seconds
   * for the first one of an instance that is gone.
   * @returns whether its program is not to be run
   */
  async closeIfAbandoned(facts: JobFacts): Promise<boolean> {
    const { replyTo, acceptedAtMs } = facts;
    if (replyTo === null || replyTo === this.channel.address || outlivesCaller(facts)) return false;
    if (Date.now() - acceptedAtMs < MIN_WAIT_MS || !(await this.presence.isGone(replyTo))) return false;
    // There is nobody to be told.
    const unheard = { ...facts, replyTo: null };
    await persistently(() => this.closer.closeQueued(unheard, NEVER_RUN));
    this.logger.debug({ jobId: facts.id }, 'A job was not run: its caller is gone, with the instance that accepted it');
    return true;
  }
}
