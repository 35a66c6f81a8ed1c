import * as addJob from 'bull/lib/scripts/addJob-6';
import { type Redis } from 'ioredis';
import { RECORD_PREFIX } from '../records/record-keys';
import { ADMIT } from '../records/record-scripts';
import { queueKey } from './execution-queue';

const QUEUE_FULL = 'QUEUE_FULL';
const REPEATED = 'REPEATED';

/** The request that an idempotency key stands for already. */
export interface RepeatedRequest {
  readonly jobId: string;
  readonly fingerprint: string;
}

/**
 * Makes `add` on this connection admit executions in one step over all connections of all instances: it refuses a repeat of an
 * idempotent request and a job beyond `maxLength` waiting ones, else makes the job's record and queues it. Bull defines its
 * own scripts only where none of that name is defined yet: call this before a queue gets the connection.
 */
export function defineAdmission(connection: Redis, maxLength: number): void {
  connection.defineCommand(addJob.name, { numberOfKeys: addJob.keys, lua: guard(maxLength) + addJob.content });
}

/** Whether `add` failed because the queue was full. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes(QUEUE_FULL);
}

/** The earlier request because of which `add` failed, or null when it failed for another reason. */
export function readRepeat(error: unknown): RepeatedRequest | null {
  if (!(error instanceof Error)) return null;
  const [, jobId, fingerprint] = new RegExp(`${REPEATED} (\\S+) (\\S+)`).exec(error.message) ?? [];
  return jobId === undefined || fingerprint === undefined ? null : { jobId, fingerprint };
}

// KEYS: wait, paused, meta-paused, id, delayed, priority. ARGV: key prefix, job id, name, data, options, … (Bull's own).
function guard(maxLength: number): string {
  return `
if KEYS[1] == '${queueKey('wait')}' then
  ${ADMIT}
  -- A job that has a record was admitted: the connection broke before the answer, and ioredis asks again.
  if redis.call('EXISTS', '${RECORD_PREFIX}' .. ARGV[2]) == 1 then return ARGV[2] end
  local admission = cjson.decode(cmsgpack.unpack(ARGV[5])).admission
  local earlier = admission.idempotency and known(admission.idempotency)
  if earlier then return redis.error_reply('${REPEATED} ' .. earlier) end
  local waiting = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[5])
  if waiting >= ${maxLength} then return redis.error_reply('${QUEUE_FULL}') end
  admit(ARGV[2], admission)
end
`;
}
