import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { NEVER_RUN } from '../domain/completed-run';
import { type JobFacts, outlivesCaller } from '../domain/job-record';
import { persistently } from '../platform/redis/persistently';
import { RedisConnections } from '../platform/redis/redis-connections';
import { InstanceChannel } from './instance.channel';
import { JobCloser } from './job.closer';

/** An instance that was lost with its callers is not worth a question for jobs that are run at once. */
const MIN_WAIT_MS = 1_000;
/** An instance that does not listen for this long is gone. One that lost its connection listens again within a second. */
const GONE_AFTER_MS = 3_000;
const ASK_INTERVAL_MS = 500;

interface Hearing {
  readonly askedAt: number;
  /** Since when nobody listens there; null: somebody does. */
  readonly unheardSince: number | null;
}

/** Keeps workers from running programs whose callers are gone, with the instance that held their connections. */
@Injectable()
export class AbsentCallers {
  private readonly hearings = new Map<string, Hearing>();

  constructor(
    private readonly connections: RedisConnections,
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
    if (Date.now() - acceptedAtMs < MIN_WAIT_MS || !(await this.isGone(replyTo))) return false;
    // There is nobody to be told.
    const unheard = { ...facts, replyTo: null };
    await persistently(() => this.closer.closeQueued(unheard, NEVER_RUN));
    this.logger.debug({ jobId: facts.id }, 'A job was not run: its caller is gone, with the instance that accepted it');
    return true;
  }

  private async isGone(address: string): Promise<boolean> {
    for (;;) {
      const { unheardSince } = await this.hear(address);
      if (unheardSince === null) return false;
      if (performance.now() - unheardSince >= GONE_AFTER_MS) return true;
      await sleep(ASK_INTERVAL_MS);
    }
  }

  private async hear(address: string): Promise<Hearing> {
    const now = performance.now();
    const known = this.hearings.get(address);
    if (known !== undefined && now - known.askedAt < ASK_INTERVAL_MS) return known;
    const unheardSince = (await this.isHeard(address)) ? null : (known?.unheardSince ?? now);
    this.forgetOld(now);
    const hearing = { askedAt: now, unheardSince };
    this.hearings.set(address, hearing);
    return hearing;
  }

  /** Whether somebody listens at an address, as far as can be told: Redis forgets who listens when it is started again. */
  private async isHeard(address: string): Promise<boolean> {
    try {
      const counts = await this.connections.commands.pubsub('NUMSUB', this.channel.address, address);
      const [, own, , other] = counts.map(Number);
      return own === 0 || other !== 0;
    } catch {
      return true;
    }
  }

  /** Instances come and go. */
  private forgetOld(now: number): void {
    for (const [address, { askedAt }] of this.hearings) {
      if (now - askedAt > 10 * GONE_AFTER_MS) this.hearings.delete(address);
    }
  }
}
