import { type Redis } from 'ioredis';
import { JOB_ENDED, OUTPUT_CHANNEL_PREFIX, PENDING_DELIVERIES_KEY, RECORD_PREFIX, RUN_TIMES_KEY } from './record-keys';
import { WAITING } from './waiting-jobs';

/** So many run times say how fast the queue moves; forgotten after this many seconds. */
const KEPT_RUN_TIMES = 32;
const RUN_TIMES_SECONDS = 600;

/**
 * The scripts that change records. Each checks and changes in one step, over all instances, and may be sent again: ioredis
 * does so when a connection breaks before the answer. Which transitions are legal they are told by `domain/job-state`.
 *
 * A record is a hash: `state`, `facts`, `caller` (its key's name), `round` (its turn in the queue), `idempotency` (key),
 * `startedAtMs`, `worker`, `cancelled` (somebody wants it ended), `finishedAtMs`, `queueLength`, `run`, `ending` (who ended it), `webhook` (its delivery's state),
 * `tries`, `try:N`, `series` and `earlierTries` (of deliveries that were asked for again), `followed`. It expires once nothing
 * more is to happen to it.
 */
export interface RecordCommands {
  /** → 1 when the job is the worker's to run; whether its output is followed, and whether it is to be ended at once */
  startJob(
    key: string,
    lockKey: string,
    legalBefore: string,
    worker: string,
    startedAtMs: number,
  ): Promise<[number, number, number]>;
  /** → the worker that runs the job, if one does. Notes that it is to be ended, whoever runs it then. */
  cancelJob(key: string, legalBefore: string): Promise<string | null>;
  /** → 1 when this call has ended it; how many jobs wait. Those who follow the job are told in the same step. */
  endJob(
    key: string,
    waitKey: string,
    outboxKey: string,
    state: string,
    legalBefore: string,
    jobId: string,
    ending: string,
    atMs: number,
    retentionSeconds: number,
    pendingSeconds: number,
    worker: string,
    toldQueueLength: number | '',
    run: string | Buffer,
  ): Promise<[number, number]>;
  followJob(key: string): Promise<number>;
  noteTry(key: string, number: number, description: string): Promise<number>;
  /** → 1 when it has ended so, 0 when it has been made or asked for anew before, or when there is no such record */
  endDelivery(key: string, delivery: string, jobId: string, state: string, retentionSeconds: number): Promise<number>;
  /** → 1 when the delivery is to be made again, 0 when one is pending, or when there is no such record or no webhook */
  redeliver(key: string, outboxKey: string, jobId: string, nowMs: number, retentionSeconds: number): Promise<number>;
}

const IS_LEGAL = `
local function isLegal(state, legalBefore)
  return state and string.find(' ' .. legalBefore .. ' ', ' ' .. state .. ' ', 1, true) ~= nil
end
`;

/** Lua that defines `nowMs()`, by Redis' clock: one for all instances, whatever those of their machines say. */
export const NOW = `
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

// A record and what its idempotency key stands for live equally long.
const KEEP = `
local function keep(record, seconds)
  redis.call('EXPIRE', record, seconds)
  local idempotency = redis.call('HGET', record, 'idempotency')
  if idempotency then redis.call('EXPIRE', idempotency, seconds) end
end
`;

// KEYS: record, the job's lock in the queue. ARGV: states before, worker, started at.
const START = `${IS_LEGAL}${WAITING}
local state, worker, caller = unpack(redis.call('HMGET', KEYS[1], 'state', 'worker', 'caller'))
local isFollowed, isCancelled = redis.call('HEXISTS', KEYS[1], 'followed'), redis.call('HEXISTS', KEYS[1], 'cancelled')
if state == 'running' and worker == ARGV[2] then return {1, isFollowed, isCancelled} end
-- A worker that was away for long may have lost the job to another, which begins at this moment.
if not isLegal(state, ARGV[1]) or redis.call('GET', KEYS[2]) ~= ARGV[2] then return {0, 0, 0} end
leave(KEYS[1], caller)
redis.call('HSET', KEYS[1], 'state', 'running', 'worker', ARGV[2], 'startedAtMs', ARGV[3])
return {1, isFollowed, isCancelled}
`;

/**
 * Lua that has a job queued again whose worker was lost: `requeue(id, round)`. Nothing that this worker says of the job counts
 * from then on.
 */
export const REQUEUE = `${WAITING}
local function requeue(id, round)
  local record = '${RECORD_PREFIX}' .. id
  local state, caller, facts = unpack(redis.call('HMGET', record, 'state', 'caller', 'facts'))
  if state ~= 'queued' and state ~= 'running' then return end
  redis.call('HSET', record, 'state', 'queued', 'round', round)
  redis.call('HDEL', record, 'worker', 'startedAtMs')
  enter(id, caller, cjson.decode(facts).acceptedAtMs)
end
`;

// KEYS: record. ARGV: states before.
const CANCEL = `${IS_LEGAL}
local state, worker = unpack(redis.call('HMGET', KEYS[1], 'state', 'worker'))
if not isLegal(state, ARGV[1]) then return false end
redis.call('HSET', KEYS[1], 'cancelled', 1)
return worker
`;

// KEYS: record, wait list, outbox. ARGV: state, states before, job id, who ends it, time, retention, retention while a delivery is pending,
// worker that must be the one that runs it, or nothing, queue length that its caller has been told, or nothing, run.
const END = `${IS_LEGAL}${NOW}${KEEP}${WAITING}
local state, ending, webhook, followed, caller, startedAt, worker =
  unpack(redis.call('HMGET', KEYS[1], 'state', 'ending', 'webhook', 'followed', 'caller', 'startedAtMs', 'worker'))
local told = tonumber(ARGV[9])
-- Whoever sends it again has not had the answer, and may have told its caller meanwhile.
if ending == ARGV[4] then
  if told then redis.call('HSET', KEYS[1], 'queueLength', told) end
  return {1, tonumber(redis.call('HGET', KEYS[1], 'queueLength'))}
end
local length = told or redis.call('LLEN', KEYS[2])
if not isLegal(state, ARGV[2]) or ARGV[8] ~= '' and ARGV[8] ~= worker then return {0, length} end
redis.call('HSET', KEYS[1], 'state', ARGV[1], 'ending', ARGV[4], 'finishedAtMs', ARGV[5], 'queueLength', length)
if ARGV[10] ~= '' then redis.call('HSET', KEYS[1], 'run', ARGV[10]) end
if state == 'queued' then leave(KEYS[1], caller) end
-- How fast the queue moves: of interest only while something waits.
if length > 0 and startedAt and ARGV[10] ~= '' then
  redis.call('LPUSH', '${RUN_TIMES_KEY}', math.max(0, ARGV[5] - startedAt))
  redis.call('LTRIM', '${RUN_TIMES_KEY}', 0, ${KEPT_RUN_TIMES - 1})
  redis.call('EXPIRE', '${RUN_TIMES_KEY}', ${RUN_TIMES_SECONDS})
end
if webhook then
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3] .. '.0')
  redis.call('ZADD', '${PENDING_DELIVERIES_KEY}', nowMs(), ARGV[3] .. '.0')
  -- Those that nobody has ended, and whose records have expired.
  redis.call('ZREMRANGEBYSCORE', '${PENDING_DELIVERIES_KEY}', '-inf', nowMs() - ARGV[7] * 1000)
end
keep(KEYS[1], webhook and ARGV[7] or ARGV[6])
-- A request whose job was lost may be made again: nobody has an answer that a repeat would contradict.
if ARGV[1] == 'lost' then
  local idempotency = redis.call('HGET', KEYS[1], 'idempotency')
  if idempotency then redis.call('DEL', idempotency) end
end
if followed then redis.call('PUBLISH', '${OUTPUT_CHANNEL_PREFIX}' .. ARGV[3], '${JOB_ENDED}') end
return {1, length}
`;

/**
 * Lua that makes the record of a job within the script that queues it, so that neither is ever there without the other.
 * Defines `known(idempotency)`: the id and the fingerprint that an idempotency key stands for already, or nil (one whose
 * record is gone stands for nothing); and `admit(id, admission, round)`.
 */
export const ADMIT = `${WAITING}
local function known(idempotency)
  local id, fingerprint = unpack(redis.call('HMGET', idempotency.key, 'job', 'fingerprint'))
  if id and redis.call('EXISTS', '${RECORD_PREFIX}' .. id) == 1 then return id .. ' ' .. fingerprint end
end
local function admit(id, admission, round)
  local record = '${RECORD_PREFIX}' .. id
  redis.call('HSET', record, 'state', 'queued', 'facts', admission.facts, 'caller', admission.caller, 'round', round)
  enter(id, admission.caller, admission.acceptedAtMs)
  if admission.isDelivered then redis.call('HSET', record, 'webhook', 'pending') end
  local idempotency = admission.idempotency
  if idempotency then
    redis.call('HSET', record, 'idempotency', idempotency.key)
    redis.call('HSET', idempotency.key, 'job', id, 'fingerprint', idempotency.fingerprint)
    redis.call('PERSIST', idempotency.key)
  end
end
`;

const FOLLOW = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'followed', 1)
`;

// A process that was away for long may tell of its try after another has made the next.
const NOTE_TRY = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local tries = tonumber(redis.call('HGET', KEYS[1], 'tries') or 0)
return redis.call('HSET', KEYS[1], 'tries', math.max(tries, tonumber(ARGV[1])), 'try:' .. ARGV[1], ARGV[2])
`;

// KEYS: record. ARGV: delivery, job id, state, retention.
const END_DELIVERY = `${KEEP}
redis.call('ZREM', '${PENDING_DELIVERIES_KEY}', ARGV[1])
local webhook, series = unpack(redis.call('HMGET', KEYS[1], 'webhook', 'series'))
if not webhook or webhook == 'delivered' or ARGV[2] .. '.' .. (series or 0) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'webhook', ARGV[3])
keep(KEYS[1], ARGV[4])
return 1
`;

// KEYS: record, outbox. ARGV: job id, time, retention.
const REDELIVER = `${NOW}${KEEP}
local webhook = redis.call('HGET', KEYS[1], 'webhook')
if not webhook or webhook == 'pending' then return 0 end
local series = redis.call('HINCRBY', KEYS[1], 'series', 1)
redis.call('HSET', KEYS[1], 'webhook', 'pending', 'earlierTries', redis.call('HGET', KEYS[1], 'tries') or 0)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1] .. '.' .. series)
redis.call('ZADD', '${PENDING_DELIVERIES_KEY}', nowMs(), ARGV[1] .. '.' .. series)
keep(KEYS[1], ARGV[3])
return 1
`;

/** Adds the scripts to a connection as commands of its own. */
export function defineRecordCommands(connection: Redis): Redis & RecordCommands {
  connection.defineCommand('startJob', { numberOfKeys: 2, lua: START });
  connection.defineCommand('cancelJob', { numberOfKeys: 1, lua: CANCEL });
  connection.defineCommand('endJob', { numberOfKeys: 3, lua: END });
  connection.defineCommand('followJob', { numberOfKeys: 1, lua: FOLLOW });
  connection.defineCommand('noteTry', { numberOfKeys: 1, lua: NOTE_TRY });
  connection.defineCommand('endDelivery', { numberOfKeys: 1, lua: END_DELIVERY });
  connection.defineCommand('redeliver', { numberOfKeys: 2, lua: REDELIVER });
  return connection as Redis & RecordCommands;
}
