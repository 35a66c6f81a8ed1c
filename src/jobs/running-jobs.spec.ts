import { silentLogger } from '../../test/support/silent-logger';
import { type RedisConnections } from '../platform/redis/redis-connections';
import { InstanceChannel } from './instance.channel';
import { OutputChannel } from './output.channel';
import { RunningJobs } from './running-jobs';

/** Within a process nothing goes through Redis. */
const NO_REDIS = {} as RedisConnections;

describe(RunningJobs.name, () => {
  let channel: InstanceChannel;
  let running: RunningJobs;

  beforeEach(() => {
    channel = new InstanceChannel(NO_REDIS, silentLogger());
    running = new RunningJobs(channel, new OutputChannel(NO_REDIS));
    running.onModuleInit();
  });

  /** Work that goes on until it is cancelled. */
  const untilCancelled = async (signal: AbortSignal): Promise<string> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('cancelled');
      });
    });

  it('cancels a job that it is told to, and no other', async () => {
    const [first, second] = [running.run('first', untilCancelled), running.run('second', untilCancelled)];
    await channel.send(channel.address, 'cancel', { jobId: 'first' });
    await channel.send(channel.address, 'cancel', { jobId: 'unknown' });
    await expect(first).resolves.toBe('cancelled');
    expect([running.has('first'), running.has('second')]).toEqual([false, true]);
    running.cancel('second');
    await expect(second).resolves.toBe('cancelled');
  });

  it('keeps nothing of work that has failed', async () => {
    await expect(running.run('job', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(running.has('job')).toBe(false);
    running.cancel('job');
  });

  it('is idle when the last one is over', async () => {
    const both = Promise.all([running.run('first', untilCancelled), running.run('second', untilCancelled)]);
    const idle = running.whenIdle().then(() => 'idle');
    running.cancel('first');
    const first = await Promise.race([idle, new Promise((resolve) => setImmediate(resolve, 'busy'))]);
    running.cancel('second');
    expect([first, await idle]).toEqual(['busy', 'idle']);
    await both;
    await expect(running.whenIdle()).resolves.toBeUndefined();
  });
});
