import { type Reply } from './reply';
import { type ReplyChannel } from './reply.channel';
import { ReplyCourier } from './reply.courier';

const REPLY: Reply = { jobId: 'job', failure: 'none' };

describe(ReplyCourier.name, () => {
  const send = jest.fn<Promise<void>, [string, Reply]>();
  const channel: Pick<ReplyChannel, 'send'> = { send };
  let courier: ReplyCourier;

  beforeEach(() => {
    jest.useFakeTimers();
    send.mockReset().mockResolvedValue();
    courier = new ReplyCourier(channel as ReplyChannel);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('sends a reply when its outcome is recorded, once', () => {
    courier.hold('address', REPLY);
    expect(send).not.toHaveBeenCalled();
    expect(courier.release('job')).toBe(true);
    expect(courier.release('job')).toBe(false);
    jest.runAllTimers();
    expect(send.mock.calls).toEqual([['address', REPLY]]);
  });

  it('sends it all the same when its outcome cannot be recorded', () => {
    courier.hold('address', REPLY);
    jest.advanceTimersByTime(2_000);
    expect(send.mock.calls).toEqual([['address', REPLY]]);
  });

  it('knows when no reply is held', async () => {
    await courier.whenRecorded();
    courier.hold('address', REPLY);
    const recorded = courier.whenRecorded();
    courier.release('job');
    await expect(recorded).resolves.toBeUndefined();
  });
});
