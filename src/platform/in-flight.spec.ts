import { InFlight } from './in-flight';

describe(InFlight.name, () => {
  it('is idle at first', async () => {
    await expect(new InFlight().whenIdle()).resolves.toBeUndefined();
  });

  it('is idle when the last of what was under way is over, however it ended', async () => {
    const inFlight = new InFlight();
    const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    const tracked = [inFlight.track(() => first.promise), inFlight.track(() => second.promise)];
    const order: string[] = [];
    const idle = inFlight.whenIdle().then(() => order.push('idle'));
    first.reject(new Error('failed'));
    await expect(tracked[0]).rejects.toThrow('failed');
    order.push('first is over');
    second.resolve(2);
    await expect(tracked[1]).resolves.toBe(2);
    await idle;
    expect(order).toEqual(['first is over', 'idle']);
  });
});
