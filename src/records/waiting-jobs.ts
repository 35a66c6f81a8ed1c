import { Injectable } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { RedisConnections } from '../platform/redis/redis-connections';
import { RECORD_PREFIX, RUN_TIMES_KEY, WAITING_BY_CALLER_KEY, WAITING_KEY } from './record-keys';

/**
 * Lua for the scripts that change records, so that what waits is counted in the same step. `enter(id, caller, atMs)` and
 * `leave(record, caller)` may be called twice: a job is counted when it is not yet a member, and no more when it was one.
 */
export const WAITING = `
local function enter(id, caller, atMs)
  if redis.call('ZADD', '${WAITING_KEY}', 'NX', atMs, id .. ' ' .. caller) == 1 then
    redis.call('HINCRBY', '${WAITING_BY_CALLER_KEY}', caller, 1)
  end
end
local function waitingOf(caller)
  return tonumber(redis.call('HGET', '${WAITING_BY_CALLER_KEY}', caller)) or 0
end
local function leave(record, caller)
  -- A record of an earlier version names no caller, and was never counted.
  if not caller then return end
  local id = string.sub(record, ${RECORD_PREFIX.length + 1})
  if redis.call('ZREM', '${WAITING_KEY}', id .. ' ' .. caller) == 0 then return end
  if redis.call('HINCRBY', '${WAITING_BY_CALLER_KEY}', caller, -1) <= 0 then
    redis.call('HDEL', '${WAITING_BY_CALLER_KEY}', caller)
  end
end
`;

// Finds what no script has seen: jobs that somebody removed from the queue, and records that somebody removed.
// ARGV: prefix of the queue's jobs, how many to look at.
const FIND_REMOVED = `${WAITING}
local removed = {}
for _, member in ipairs(redis.call('ZRANGE', '${WAITING_KEY}', 0, ARGV[2] - 1)) do
  local id, caller = string.match(member, '^(%S+) (.*)$')
  local record = '${RECORD_PREFIX}' .. id
  if redis.call('HGET', record, 'state') ~= 'queued' then leave(record, caller)
  elseif redis.call('EXISTS', ARGV[1] .. id) == 0 then table.insert(removed, id) end
end
return removed
`;

interface WaitingCommands {
  findRemoved(queuePrefix: string, limit: number): Promise<string[]>;
}

/** What is known of those jobs, over all instances, that no worker has started. */
@Injectable()
export class WaitingJobs {
  private readonly commands: Redis & WaitingCommands;

  constructor({ commands }: RedisConnections) {
    commands.defineCommand('findRemoved', { numberOfKeys: 0, lua: FIND_REMOVED });
    this.commands = commands as Redis & WaitingCommands;
  }

  /** How many jobs of each key wait, by the key's name; keys with none are left out. @throws Error with Redis away */
  async countByCaller(): Promise<ReadonlyMap<string, number>> {
    const counts = await this.commands.hgetall(WAITING_BY_CALLER_KEY);
    return new Map(Object.entries(counts).map(([caller, count]) => [caller, Number(count)]));
  }

  /** How long the last programs ran that ended while others waited, in milliseconds. @throws Error with Redis away */
  async recentRunTimesMs(): Promise<number[]> {
    return (await this.commands.lrange(RUN_TIMES_KEY, 0, -1)).map(Number);
  }

  /**
   * Ids of jobs that wait, by their records, and are gone from the queue: somebody removed them by hand.
   * @param queuePrefix what stands before a job's id in its key in the queue
   * @param limit looks at the jobs only that have waited longest
   */
  async findRemoved(queuePrefix: string, limit: number): Promise<string[]> {
    return this.commands.findRemoved(queuePrefix, limit);
  }
}
