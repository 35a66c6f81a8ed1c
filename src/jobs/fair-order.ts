import { KEY_PREFIX } from '../platform/redis/key-prefix';
import { RECORD_PREFIX, WAITING_BY_CALLER_KEY } from '../records/record-keys';

/** The round that each key's last job got, by the key's name, since something began to wait. */
const ROUNDS_KEY = `${KEY_PREFIX}:waiting:rounds`;

/**
 * Lua that gives each key its share of the workers: start-time fair queueing (Goyal, Vin, Cheng, 1996) with jobs counted, not
 * weighed. Each job has a round, a key has one job in each, and the list is in the order of the rounds. A key that begins to
 * wait does so in the current round: behind at most one job of each other key, however many those have.
 *
 * `nextRound(list, caller)` is the round of a job that others wait before; any other begins anew in round 0, with `forgetRounds()`.
 * `lineUp(list, id, round)` moves a job that has just been put last to its place, which it looks for in log n places of a list of
 * n. Jobs of an earlier version have no round and are first, as they came. Needs `WAITING` of `records`.
 */
export const FAIR_ORDER = `
local function roundAt(list, index)
  return tonumber(redis.call('HGET', '${RECORD_PREFIX}' .. redis.call('LINDEX', list, index), 'round')) or 0
end
local function nextRound(list, caller)
  local current = roundAt(list, -1)
  local own = waitingOf(caller)
  -- The first job that waits gets its round without a note.
  local last = tonumber(redis.call('HGET', '${ROUNDS_KEY}', caller)) or (own > 0 and current or -1)
  -- A key does not pay for rounds whose jobs it has taken back: it can have used no more than this one.
  local round = math.max(current, math.min(last, current + own) + 1)
  -- One that is alone is first come, first served, whatever it took back.
  if own > 0 and redis.call('HLEN', '${WAITING_BY_CALLER_KEY}') == 1 then round = math.max(round, roundAt(list, 0)) end
  redis.call('HSET', '${ROUNDS_KEY}', caller, round)
  return round
end
local function forgetRounds()
  redis.call('DEL', '${ROUNDS_KEY}')
end
local function lineUp(list, id, round)
  local low, high = 1, redis.call('LLEN', list)
  if high == 1 or roundAt(list, 1) <= round then return end
  -- Places before low are those of later rounds.
  while low < high do
    local middle = math.floor((low + high) / 2)
    if roundAt(list, middle) <= round then high = middle else low = middle + 1 end
  end
  local following = redis.call('LINDEX', list, low)
  redis.call('LPOP', list)
  if following then redis.call('LINSERT', list, 'BEFORE', following, id) else redis.call('RPUSH', list, id) end
end
`;
