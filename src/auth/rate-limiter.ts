import { Injectable } from '@nestjs/common';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { MAX_LIMIT } from '../config/key-entry';
import { type Caller } from '../domain/caller';
import { KEY_PREFIX } from '../platform/redis/key-prefix';
import { RedisConnections } from '../platform/redis/redis-connections';
import { REDIS_PATIENCE_MS } from '../platform/redis/when-reachable';
import { within } from '../platform/within';

/** Length of the window that requests are counted in. It begins with a key's first one. */
export const WINDOW_SECONDS = 60;

/** How a key stands in its window. */
export interface RateUse {
  readonly remaining: number;
  /** Seconds until the window ends and all of the limit is there again; at least 1. */
  readonly resetSeconds: number;
  readonly isOver: boolean;
}

/**
 * Counts what each key asks for, over all instances: one round trip to Redis. A command that ioredis sends again, as its
 * connection broke before the answer, is counted twice: a caller then has one request less, in a minute with an outage.
 */
@Injectable()
export class RateLimiter {
  private readonly counter: RateLimiterRedis;

  constructor(connections: RedisConnections) {
    this.counter = new RateLimiterRedis({
      storeClient: connections.commands,
      keyPrefix: `${KEY_PREFIX}:rate`,
      // Not looked at: each key has a limit of its own.
      points: MAX_LIMIT,
      duration: WINDOW_SECONDS,
      rejectIfRedisNotReady: true,
    });
  }

  /** Counts one request. Null when Redis does not say in time: then nobody is refused for its rate. Never rejects. */
  async count({ name, rateLimitPerMinute: limit }: Caller): Promise<RateUse | null> {
    try {
      // `penalty` counts, and judges nothing.
      const { consumedPoints, msBeforeNext } = await within(REDIS_PATIENCE_MS, 'answer', this.counter.penalty(name));
      return {
        remaining: Math.max(0, limit - consumedPoints),
        resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
        isOver: consumedPoints > limit,
      };
    } catch {
      // The connections log the outage, and the queue answers for it.
      return null;
    }
  }
}
