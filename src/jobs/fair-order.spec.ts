import { startAs } from '../../test/support/recorded-jobs';
import fc from 'fast-check';
import { Instance } from '../../test/support/instance';
import { PrivateRedis } from '../../test/support/private-redis';
import { sampleFacts } from '../../test/support/sample-job';
import { recordKey, WAITING_KEY } from '../records/record-keys';
import { queueKey } from './execution-queue';

/** A place in the list as the tests name it: the key, and which job of it. */
type Place = `${string}${number}`;

describe('the order in which keys have their turns', () => {
  let redis: PrivateRedis;
  let instances: Instance[];
  let names: Map<string, Place>;
  let counts: Map<string, number>;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    instances = await Promise.all([1, 2].map(async () => Instance.open(redis)));
  });

  beforeEach(async () => {
    await instances[0]?.connections.commands.flushall();
    [names, counts] = [new Map(), new Map()];
  });

  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  /** Queues a job of each of the keys, in turns on two instances. */
  async function add(keys: string): Promise<void> {
    for (const [index, key] of Array.from(keys).entries()) {
      const facts = sampleFacts({ callerName: key });
      const number = (counts.get(key) ?? 0) + 1;
      counts.set(key, number);
      names.set(facts.id, `${key}${number}`);
      await instances[index % 2]!.add(facts);
    }
  }

  /** Takes jobs as Bull's worker does, and starts them. */
  async function take(count: number): Promise<string[]> {
    const taken: string[] = [];
    const { connections, records } = instances[0]!;
    for (let index = 0; index < count; index++) {
      const id = await connections.commands.rpoplpush(queueKey('wait'), queueKey('active'));
      if (!names.has(id)) break;
      await startAs(records, id, 'worker', 1);
      taken.push(names.get(id)!);
    }
    return taken;
  }

  async function cancel(place: Place): Promise<void> {
    const [id] = [...names].find(([, name]) => name === place)!;
    await instances[1]!.canceller.cancel(id);
  }

  const waiting = async (): Promise<string> =>
    (await instances[0]!.waiting()).map((id) => names.get(id) ?? id).join(' ');

  it('takes the jobs of a key that is alone as they came', async () => {
    await add('aaaaa');
    expect(await take(2)).toEqual(['a1', 'a2']);
    await add('aa');
    expect(await waiting()).toBe('a3 a4 a5 a6 a7');
  });

  it('gives each key a turn in each round, whoever came first', async () => {
    await add('aaaabbbcc');
    expect(await waiting()).toBe('a1 b1 c1 a2 b2 c2 a3 b3 a4');
  });

  it('puts the job of a modest key behind at most one of each other', async () => {
    await add('a'.repeat(500));
    await take(100);
    await add('bb');
    const order = (await waiting()).split(' ');
    expect([order.indexOf('b1'), order.indexOf('b2')]).toEqual([1, 3]);
  });

  it('does not let keys that come back at once keep out one that has waited', async () => {
    await add('aaabc');
    const taken: string[] = [];
    while (taken.length < 12) {
      const [place] = await take(1);
      taken.push(place!);
      if (!place!.startsWith('a')) await add(place!.charAt(0));
    }
    expect(taken.map((place) => place.charAt(0)).join('')).toMatch(/^(abc|acb){3}/);
  });

  it('shares out the workers alike, however the keys come', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.record({ keys: fc.array(key, { maxLength: 12 }), takes: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await instances[0]!.connections.commands.flushall();
        [names, counts] = [new Map(), new Map()];
        for (const { keys, takes } of steps) {
          await add(keys.join(''));
          await take(takes);
        }
        await add('abcd');
        await take(1);
        // While two keys both wait, neither gets more than two turns more than the other (the bound of start-time fair queueing).
        const left = (await waiting()).split(' ');
        const keyAt = left.map((place) => place.charAt(0));
        for (const [one, other] of ['ab', 'ac', 'ad', 'bc', 'bd', 'cd']) {
          const end = Math.min(keyAt.lastIndexOf(one!), keyAt.lastIndexOf(other!));
          const turns = (key: string): number => keyAt.slice(0, Math.max(0, end)).filter((each) => each === key).length;
          expect(Math.abs(turns(one!) - turns(other!))).toBeLessThanOrEqual(2);
        }
        // Each key's own are in the order in which they came.
        for (const each of 'abcd') {
          const own = left.filter((place) => place.startsWith(each)).map((place) => Number(place.slice(1)));
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does not charge a key for what it has taken back', async () => {
    await add(`${'a'.repeat(20)}${'b'.repeat(20)}`);
    for (let number = 1; number <= 20; number++) await cancel(`a${number}`);
    await add('a');
    expect((await waiting()).split(' ').indexOf('a21')).toBeLessThanOrEqual(2);
  });

  it('takes the jobs of a key that is alone as they came, although it has taken some back', async () => {
    await add('a'.repeat(9));
    for (const number of [2, 3, 4, 5, 6, 7]) await cancel(`a${number}`);
    await add('a');
    expect(await waiting()).toBe('a1 a8 a9 a10');
  });

  it('forgets who had which turn when nothing waits any more', async () => {
    await add('aaaa');
    await take(4);
    await add('abb');
    expect(await waiting()).toBe('a5 b1 b2');
  });

  it('takes jobs first that an earlier version has queued', async () => {
    await add('aaa');
    const { commands } = instances[0]!.connections;
    for (const id of names.keys()) await commands.hdel(recordKey(id), 'round', 'caller');
    await commands.del(await commands.keys(`${WAITING_KEY}*`));
    await add('bab');
    expect(await waiting()).toBe('a1 a2 a3 b1 a4 b2');
    expect(await take(3)).toEqual(['a1', 'a2', 'a3']);
  });

  it('holds while the queue is paused, and after', async () => {
    await instances[0]!.queue.pause();
    await add('aaab');
    await instances[0]!.queue.resume();
    await add('b');
    expect(await waiting()).toBe('a1 b1 a2 b2 a3');
  });

  it('puts none behind the others because of one that has lost its turn', async () => {
    await add('aabb');
    // An operator may put a job back where it was not.
    await instances[0]!.connections.commands.lpush(queueKey('wait'), 'unknown');
    await add('c');
    expect((await waiting()).split(' ').sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'unknown']);
  });
});
