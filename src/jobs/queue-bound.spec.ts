import Bull, { type Queue } from 'bull';
import { PrivateRedis } from '../../test/support/private-redis';
import { parseSettings } from '../config/settings.loader';
import { EXECUTION_QUEUE, type QueuedExecution } from './execution-queue';
import { boundExecutionQueue, isQueueFull } from './queue-bound';
import { queueOptions } from './queue-options';

const EXECUTION: QueuedExecution = {
  request: { code: '', timeoutSeconds: 1 },
  callerName: 'test',
  acceptedAtMs: 0,
  replyTo: 'nobody',
};

async function openQueue(
  redis: PrivateRedis,
  maxLength: number,
  name = EXECUTION_QUEUE,
): Promise<Queue<QueuedExecution>> {
  const settings = parseSettings({ MAX_QUEUE_LENGTH: `${maxLength}` });
  return new Bull<QueuedExecution>(name, queueOptions(await redis.connect(), settings));
}

describe(boundExecutionQueue.name, () => {
  it('lets in exactly as many jobs as may wait, from however many queues at once', async () => {
    await using redis = await PrivateRedis.start();
    const queues = await Promise.all([1, 2, 3, 4].map(() => openQueue(redis, 50)));
    const adds = queues.flatMap((queue) => Array.from({ length: 40 }, () => queue.add(EXECUTION)));
    const results = await Promise.allSettled(adds);
    const refusals = results.filter((result) => result.status === 'rejected');
    expect(refusals).toHaveLength(110);
    expect(refusals.every((refusal) => isQueueFull(refusal.reason))).toBe(true);
    expect(await queues[0]?.getWaitingCount()).toBe(50);
  });

  it('lets one in for each that leaves', async () => {
    await using redis = await PrivateRedis.start();
    const queue = await openQueue(redis, 1);
    const job = await queue.add(EXECUTION);
    await expect(queue.add(EXECUTION)).rejects.toThrow();
    await job.remove();
    await expect(queue.add(EXECUTION)).resolves.toBeDefined();
  });

  it('counts jobs that are paused or delayed', async () => {
    await using redis = await PrivateRedis.start();
    const queue = await openQueue(redis, 2);
    await queue.add(EXECUTION, { delay: 60_000 });
    await queue.pause();
    await queue.add(EXECUTION);
    await expect(queue.add(EXECUTION)).rejects.toThrow();
  });

  it('does not refuse a job that it has let in before', async () => {
    await using redis = await PrivateRedis.start();
    const queue = await openQueue(redis, 1);
    await queue.add(EXECUTION, { jobId: 'same' });
    await expect(queue.add(EXECUTION, { jobId: 'same' })).resolves.toMatchObject({ id: 'same' });
    expect(await queue.getWaitingCount()).toBe(1);
  });

  it('bounds no other queue on the same connection', async () => {
    await using redis = await PrivateRedis.start();
    const other = await openQueue(redis, 1, 'other');
    await Promise.all([1, 2, 3].map(() => other.add(EXECUTION)));
    expect(await other.getWaitingCount()).toBe(3);
  });
});
