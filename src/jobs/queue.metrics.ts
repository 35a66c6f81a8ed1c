import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Settings } from '../config/settings';
import { SharedReadings } from '../platform/redis/shared-readings';
import { WAITING_KEY } from '../records/record-keys';
import { NOW } from '../records/record-scripts';
import { queueKey } from './execution-queue';

// The oldest is looked for by the time of its acceptance, not by its place in the queue.
// KEYS: wait, paused, delayed, active. → waiting, running, age of the oldest in milliseconds
const READ = `${NOW}
local waiting = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[3])
local ageMs = 0
local since = waiting > 0 and redis.call('ZRANGE', '${WAITING_KEY}', 0, 0, 'WITHSCORES')[2]
if since then ageMs = math.max(0, nowMs() - since) end
return {waiting, redis.call('LLEN', KEYS[4]), ageMs}
`;
const KEYS = ['wait', 'paused', 'delayed', 'active'].map(queueKey);

/** The queue as all instances see it. */
@Injectable()
export class QueueMetrics {
  constructor(registry: Registry, readings: SharedReadings, settings: Settings) {
    const waiting = readings.gauge({ name: 'pyexec_queue_waiting_jobs', help: 'jobs that wait for a worker.' });
    const active = readings.gauge({ name: 'pyexec_queue_active_jobs', help: 'jobs that a worker has taken.' });
    const oldest = readings.gauge({
      name: 'pyexec_queue_oldest_waiting_age_seconds',
      help: 'how long the job has waited that waits for longest; 0: none waits.',
    });
    const take = (reply: unknown): void => {
      const [waitingJobs = 0, activeJobs = 0, ageMs = 0] = reply as number[];
      waiting.set(waitingJobs);
      active.set(activeJobs);
      oldest.set(ageMs / 1000);
    };
    readings.add({ ask: (pipeline) => pipeline.eval(READ, KEYS.length, ...KEYS), take }, [waiting, active, oldest]);
    new Gauge({
      name: 'pyexec_queue_capacity_jobs',
      help: 'Jobs that may wait, over all instances: MAX_QUEUE_LENGTH.',
      registers: [registry],
    }).set(settings.maxQueueLength);
  }
}
