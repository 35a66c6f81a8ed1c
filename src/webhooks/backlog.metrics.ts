import { Injectable } from '@nestjs/common';
import { SharedReadings } from '../platform/redis/shared-readings';
import { PENDING_DELIVERIES_KEY, RECORD_PREFIX } from '../records/record-keys';
import { NOW } from '../records/record-scripts';

// One whose record has expired, or is pending no more, is forgotten here.
// KEYS: pending deliveries. → how many, age of the oldest in milliseconds
const READ = `${NOW}
local ageMs = 0
while true do
  local delivery, since = unpack(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES'))
  if not delivery then break end
  if redis.call('HGET', '${RECORD_PREFIX}' .. string.match(delivery, '^(.*)%.'), 'webhook') == 'pending' then
    ageMs = math.max(0, nowMs() - since)
    break
  end
  redis.call('ZREM', KEYS[1], delivery)
end
return {redis.call('ZCARD', KEYS[1]), ageMs}
`;

/** The deliveries that are to be made, as all instances see them. */
@Injectable()
export class BacklogMetrics {
  constructor(readings: SharedReadings) {
    const pending = readings.gauge({
      name: 'pyexec_webhook_pending_deliveries',
      help: 'results that are neither delivered nor given up.',
    });
    const oldest = readings.gauge({
      name: 'pyexec_webhook_oldest_pending_age_seconds',
      help: 'how long the oldest of these has been waiting; 0: there is none.',
    });
    const take = (reply: unknown): void => {
      const [count = 0, ageMs = 0] = reply as number[];
      pending.set(count);
      oldest.set(ageMs / 1000);
    };
    readings.add({ ask: (pipeline) => pipeline.eval(READ, 1, PENDING_DELIVERIES_KEY), take }, [pending, oldest]);
  }
}
