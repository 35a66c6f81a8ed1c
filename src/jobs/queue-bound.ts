import * as addJob from 'bull/lib/scripts/addJob-6';
import { type Redis } from 'ioredis';
import { queueKey } from './execution-queue';

const QUEUE_FULL = 'QUEUE_FULL';

/**
 * Makes `add` on this connection refuse jobs while `maxLength` of them wait. The count and the add are one script, so
 * the bound holds exactly, over all connections of all instances. Bull defines its own scripts only where none of that
 * name is defined yet: call this before a queue gets the connection.
 */
export function boundExecutionQueue(connection: Redis, maxLength: number): void {
  connection.defineCommand(addJob.name, { numberOfKeys: addJob.keys, lua: guard(maxLength) + addJob.content });
}

/** Whether `add` failed because the queue was full. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes(QUEUE_FULL);
}

// KEYS: wait, paused, meta-paused, id, delayed, priority. ARGV: key prefix, job id, … (Bull's own).
function guard(maxLength: number): string {
  return `
if KEYS[1] == '${queueKey('wait')}' then
  local waiting = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[5])
  -- A job that is there already was let in: the connection broke before the answer, and ioredis asks again.
  if waiting >= ${maxLength} and redis.call('EXISTS', ARGV[1] .. ARGV[2]) == 0 then
    return redis.error_reply('${QUEUE_FULL}')
  end
end
`;
}
