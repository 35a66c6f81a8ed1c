import { PrivateRedis } from '../../test/support/private-redis';
import { silentLogger } from '../../test/support/silent-logger';
import { type Reply } from './reply';
import { ReplyChannel } from './reply.channel';

const REPLY: Reply = { jobId: 'job', failure: 'none' };

async function openChannel(redis: PrivateRedis): Promise<ReplyChannel> {
  return new ReplyChannel(await redis.connect(), silentLogger());
}

async function receive(channel: ReplyChannel, send: () => Promise<void>): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  await channel.listen(resolve);
  await send();
  return promise;
}

describe(ReplyChannel.name, () => {
  it('carries a reply to another process', async () => {
    await using redis = await PrivateRedis.start();
    const [receiver, sender] = [await openChannel(redis), await openChannel(redis)];
    expect(await receive(receiver, () => sender.send(receiver.address, REPLY))).toEqual(REPLY);
  });

  it('hands a reply over within a process as it is', async () => {
    await using redis = await PrivateRedis.start();
    const channel = await openChannel(redis);
    expect(await receive(channel, () => channel.send(channel.address, REPLY))).toBe(REPLY);
  });

  it('reaches no other instance', async () => {
    await using redis = await PrivateRedis.start();
    const [receiver, bystander, sender] = [
      await openChannel(redis),
      await openChannel(redis),
      await openChannel(redis),
    ];
    const overheard = jest.fn();
    await bystander.listen(overheard);
    await receive(receiver, () => sender.send(receiver.address, REPLY));
    expect(overheard).not.toHaveBeenCalled();
  });
});
