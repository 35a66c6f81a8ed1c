import { Instance } from '../test/support/instance';
import { PrivateRedis } from '../test/support/private-redis';
import { startAs } from '../test/support/recorded-jobs';
import { sampleFacts } from '../test/support/sample-job';
import { seeded } from './random.mjs';
import { FairLine } from './waiting-lines.mjs';

describe(FairLine.name, () => {
  /** Lets jobs of these keys enter, and says in which order they leave. */
  function order(keys) {
    const line = new FairLine();
    for (const key of keys) line.enter({ key });
    return Array.from(keys, () => line.next().key).join('');
  }

  it.each([
    ['aaaab', 'abaaa'],
    ['aaabbbc', 'abcabab'],
    ['abcabc', 'abcabc'],
  ])('has a turn of each key in each round: %s', (came, expected) => {
    expect(order(came)).toBe(expected);
  });

  it('is the order of the service itself', async () => {
    await using redis = await PrivateRedis.start();
    const instance = await Instance.open(redis);
    const line = new FairLine();
    const random = seeded(3);
    const [simulated, actual] = [[], []];
    for (let step = 0; step < 400; step++) {
      // Longer and shorter by turns, and empty now and then.
      if (random() < (step % 80 < 40 ? 0.7 : 0.25)) {
        const facts = sampleFacts({ callerName: 'abc'[Math.floor(3 * random() ** 2)] });
        line.enter({ key: facts.callerName, id: facts.id });
        await instance.add(facts);
      } else if (line.length > 0) {
        simulated.push(line.next().id);
        actual.push(await take(instance));
      }
    }
    expect(actual).toEqual(simulated);
    expect(actual.length).toBeGreaterThan(100);
  });

  /** Takes the next job, as a worker does, and starts it. */
  async function take(instance) {
    const [id] = await instance.waiting();
    await instance.connections.commands.rpop(instance.queue.toKey('wait'));
    await startAs(instance.records, id, 'worker', 1);
    return id;
  }
});
