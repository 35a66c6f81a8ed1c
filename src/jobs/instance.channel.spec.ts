import { eventually } from '../../test/support/eventually';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { sampleRun } from '../../test/support/sample-job';
import { START } from '../domain/output-position';
import { type JobEnd } from '../domain/job-record';
import { InstanceChannel } from './instance.channel';

const END: JobEnd = { state: 'succeeded', finishedAtMs: 1, queueLength: 0, run: sampleRun() };

describe(InstanceChannel.name, () => {
  let redis: PrivateRedis;
  let sender: Instance;
  let receiver: Instance;

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    [sender, receiver] = [await Instance.open(redis), await Instance.open(redis)];
  });

  afterEach(async () => {
    await redis[Symbol.asyncDispose]();
  });

  it('carries messages of each kind to another process', async () => {
    const received = {
      ended: receiver.listen('ended'),
      cancel: receiver.listen('cancel'),
      follow: receiver.listen('follow'),
    };
    await sender.channel.send(receiver.channel.address, 'ended', { jobId: 'a', end: END });
    await sender.channel.send(receiver.channel.address, 'cancel', { jobId: 'b' });
    await sender.channel.send(receiver.channel.address, 'follow', { jobId: 'c', from: START });
    await eventually('the last one is there', () => received.follow.length === 1);
    expect(received).toEqual({
      ended: [{ jobId: 'a', end: END }],
      cancel: [{ jobId: 'b' }],
      follow: [{ jobId: 'c', from: START }],
    });
  });

  it('hands a message over within a process as it is, at once', () => {
    const received = sender.listen('ended');
    void sender.channel.send(sender.channel.address, 'ended', { jobId: 'a', end: END });
    expect(received[0]?.end).toBe(END);
  });

  it('reaches no other instance', async () => {
    const bystander = await Instance.open(redis);
    const [overheard, received] = [bystander.listen('cancel'), receiver.listen('cancel')];
    await sender.channel.send(receiver.channel.address, 'cancel', { jobId: 'a' });
    await eventually('it is there', () => received.length === 1);
    // A message of its own would come after the one that it might have overheard.
    await sender.channel.send(bystander.channel.address, 'cancel', { jobId: 'last' });
    await eventually('the last one is there', () => overheard.length > 0);
    expect(overheard).toEqual([{ jobId: 'last' }]);
  });

  it('drops what nobody is in charge of', async () => {
    await sender.channel.send(receiver.channel.address, 'follow', { jobId: 'a', from: START });
    const received = receiver.listen('cancel');
    await sender.channel.send(receiver.channel.address, 'cancel', { jobId: 'b' });
    await eventually('the other is there', () => received.length === 1);
  });

  it('sends a message again that nobody took', async () => {
    const late = receiver.listen('cancel');
    await receiver.connections.subscriber.unsubscribe(receiver.channel.address);
    await sender.channel.send(receiver.channel.address, 'cancel', { jobId: 'a' });
    await receiver.connections.subscriber.subscribe(receiver.channel.address);
    await eventually('it is there', () => late.length === 1);
  });

  it('never throws for a Redis that is away, and sends when it is back', async () => {
    const received = receiver.listen('cancel');
    await redis.takeAway();
    await expect(sender.channel.send(receiver.channel.address, 'cancel', { jobId: 'a' })).resolves.toBeUndefined();
    expect(received).toEqual([]);
    await redis.bringBack();
    await eventually('it is there', () => received.length === 1);
  });
});
