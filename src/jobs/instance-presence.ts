import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RedisConnections } from '../platform/redis/redis-connections';
import { InstanceChannel } from './instance.channel';

/** An instance that does not listen for this long is gone. One that lost its connection listens again within a second. */
const GONE_AFTER_MS = 3_000;
const ASK_INTERVAL_MS = 500;

interface Hearing {
  readonly askedAt: number;
  /** Since when nobody listens there; null: somebody does. */
  readonly unheardSince: number | null;
}

/** Tells which instances are gone: those that do not listen to their own channel any more. One that hangs still listens. */
@Injectable()
export class InstancePresence {
  private readonly hearings = new Map<string, Hearing>();

  constructor(
    private readonly connections: RedisConnections,
    private readonly channel: InstanceChannel,
  ) {}

  /** Takes one question for an instance that is there, and some seconds for one that is not. With Redis away none is gone. */
  async isGone(address: string): Promise<boolean> {
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
