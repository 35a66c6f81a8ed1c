import * as addJob from 'bull/lib/scripts/addJob-6';
import { type Redis } from 'ioredis';
import { RECORD_PREFIX } from '../records/record-keys';
import { ADMIT } from '../records/record-scripts';
import { queueKey } from './execution-queue';
import { FAIR_ORDER } from './fair-order';

const FULL = 'FULL';
const REPEATED = 'REPEATED';

/** The request that an idempotency key stands for already. */
export interface RepeatedRequest {
  readonly jobId: string;
  readonly fingerprint: string;
}

/**
 * Makes `add` on this connection admit executions in one step over all connections of all instances: it refuses a repeat of an
 * idempotent request, a job beyond `maxLength` waiting ones or beyond those that its key may have, else makes the job's record
 * and queues it where its key's share of the workers says. Bull defines its own scripts only where none of that name is defined
 * yet: call this before a queue gets the connection.
 */
export function defineAdmission(connection: Redis, maxLength: number): void {
  connection.defineCommand(addJob.name, { numberOfKeys: addJob.keys, lua: admitting(maxLength) });
}

/** Of which bound `add` failed: on all jobs that wait, or on those of the key; null when it failed for another reason. */
export function readFull(error: unknown): 'queueFull' | 'keyQueueFull' | null {
  if (!(error instanceof Error)) return null;
  const [, bound] = new RegExp(`${FULL} (queueFull|keyQueueFull)`).exec(error.message) ?? [];
  return (bound as 'queueFull' | 'keyQueueFull' | undefined) ?? null;
}

/** The earlier request because of which `add` failed, or null when it failed for another reason. */
export function readRepeat(error: unknown): RepeatedRequest | null {
  if (!(error instanceof Error)) return null;
  const [, jobId, fingerprint] = new RegExp(`${REPEATED} (\\S+) (\\S+)`).exec(error.message) ?? [];
  return jobId === undefined || fingerprint === undefined ? null : { jobId, fingerprint };
}

// A full Redis refuses what needs memory as long as a script has written nothing: so the record comes before what needs none.
// KEYS: wait, paused, meta-paused, id, delayed, priority. ARGV: key prefix, job id, name, data, options, … (Bull's own).
function admitting(maxLength: number): string {
  return `
local function addToQueue()
${addJob.content}
end
if KEYS[1] ~= '${queueKey('wait')}' then return addToQueue() end
${ADMIT}${FAIR_ORDER}
-- A job that has a record was admitted: the connection broke before the answer, and ioredis asks again.
if redis.call('EXISTS', '${RECORD_PREFIX}' .. ARGV[2]) == 1 then return ARGV[2] end
local admission = cjson.decode(cmsgpack.unpack(ARGV[5])).admission
local earlier = admission.idempotency and known(admission.idempotency)
if earlier then return redis.error_reply('${REPEATED} ' .. earlier) end
local waiting, paused = redis.call('LLEN', KEYS[1]), redis.call('LLEN', KEYS[2])
if waiting + paused + redis.call('ZCARD', KEYS[5]) >= ${maxLength} then return redis.error_reply('${FULL} queueFull') end
if admission.maxQueued > 0 and waitingOf(admission.caller) >= admission.maxQueued then
  return redis.error_reply('${FULL} keyQueueFull')
end
local isPaused = redis.call('EXISTS', KEYS[3]) == 1
local list, isFirst = isPaused and KEYS[2] or KEYS[1], (isPaused and paused or waiting) == 0
local round = isFirst and 0 or nextRound(list, admission.caller)
admit(ARGV[2], admission, round)
if isFirst then forgetRounds() end
local added = addToQueue()
if not isFirst and tonumber(ARGV[8]) == 0 then lineUp(list, ARGV[2], round) end
return added
`;
}
