import * as moveStalledJobs from 'bull/lib/scripts/moveStalledJobsToWait-7';
import { type Redis } from 'ioredis';
import { REQUEUE } from '../records/record-scripts';
import { queueKey } from './execution-queue';
import { FAIR_ORDER } from './fair-order';

/** The scripts that keep a job with its worker, and give it to the next one. */
export interface RequeueCommands {
  /** → 1 when the job is this worker's, and nobody else's before its lock expires; 0 when it has been given to another */
  keepJob(lockKey: string, recordKey: string, jobId: string, worker: string, durationMs: number): Promise<number>;
  /** → 1 when the job was this worker's, and waits again */
  handBackJob(lockKey: string, jobId: string, worker: string): Promise<number>;
  /** Takes the locks of these jobs from a worker that is gone, so that the next check finds them without one. */
  unlockJobs(numberOfKeys: number, ...lockKeysAndWorker: string[]): Promise<number>;
}

/**
 * Makes Bull's check for jobs without a lock keep their records in step: in one script, a job is first in the queue again and its
 * record says so. Bull defines its own scripts only where none of that name is defined yet: call this before a queue gets the
 * connection.
 */
export function defineRequeue(connection: Redis): void {
  const { name, keys: numberOfKeys } = moveStalledJobs;
  connection.defineCommand(name, { numberOfKeys, lua: MOVE_STALLED });
  connection.defineCommand('keepJob', { numberOfKeys: 2, lua: KEEP });
  connection.defineCommand('handBackJob', { numberOfKeys: 1, lua: HAND_BACK });
  connection.defineCommand('unlockJobs', { lua: UNLOCK });
}

// A job that waits again is the next: it gets the round of the one that was to be that.
const FIRST_ROUND = `${REQUEUE}${FAIR_ORDER}
local function firstRound(list)
  return redis.call('EXISTS', list) == 1 and roundAt(list, -1) or 0
end
`;

// KEYS: stalled, wait, active, failed, stalled-check, meta-paused, paused. ARGV: Bull's own.
const MOVE_STALLED = `
local function moveStalled()
${moveStalledJobs.content}
end
if KEYS[2] ~= '${queueKey('wait')}' then return moveStalled() end
${FIRST_ROUND}
local round = firstRound(redis.call('EXISTS', KEYS[6]) == 1 and KEYS[7] or KEYS[2])
local moved = moveStalled()
for _, id in ipairs(moved[2]) do requeue(id, round) end
return moved
`;

// KEYS: the job's lock, its record. ARGV: job id, worker, milliseconds. A lock that has expired is taken again if nobody has seen that
// yet: another worker may have had it since, and be gone too.
const KEEP = `
local owner = redis.call('GET', KEYS[1])
local isUnseen = not owner and redis.call('LPOS', '${queueKey('active')}', ARGV[1]) and redis.call('HGET', KEYS[2], 'worker') == ARGV[2]
if owner ~= ARGV[2] and not isUnseen then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SREM', '${queueKey('stalled')}', ARGV[1])
return 1
`;

// KEYS: the job's lock. ARGV: job id, worker.
const HAND_BACK = `${FIRST_ROUND}
if redis.call('GET', KEYS[1]) ~= ARGV[2] or redis.call('LREM', '${queueKey('active')}', 1, ARGV[1]) == 0 then return 0 end
local list = redis.call('EXISTS', '${queueKey('meta-paused')}') == 1 and '${queueKey('paused')}' or '${queueKey('wait')}'
requeue(ARGV[1], firstRound(list))
redis.call('RPUSH', list, ARGV[1])
redis.call('DEL', KEYS[1])
return 1
`;

// KEYS: locks. ARGV: worker.
const UNLOCK = `
local unlocked = 0
for _, lock in ipairs(KEYS) do
  if redis.call('GET', lock) == ARGV[1] then unlocked = unlocked + redis.call('DEL', lock) end
end
return unlocked
`;
