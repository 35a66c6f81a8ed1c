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
    const stillRuns = await Promise.race([second, new Promise((resolve) => setImmediate(resolve, 'it runs'))]);
    expect(stillRuns).toBe('it runs');
    running.cancel('second');
    await expect(second).resolves.toBe('cancelled');
  });

  it('says when a job is over', async () => {
    const work = running.run('job', untilCancelled);
    const over = running.whenOver('job').then(() => 'over');
    expect(await Promise.race([over, new Promise((resolve) => setImmediate(resolve, 'not yet'))])).toBe('not yet');
    running.cancel('job');
    expect([await work, await over]).toEqual(['cancelled', 'over']);
    await expect(running.whenOver('job')).resolves.toBeUndefined();
  });

  it('keeps nothing of work that has failed', async () => {
    await expect(running.run('job', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    running.cancel('job');
    await expect(running.run('job', () => Promise.resolve('again'))).resolves.toBe('again');
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
