import { meanWait, meanWaitOfFixedRuns, refusedPart, waitingPart, waitQuantile } from './erlang.mjs';
import { arrivals, merged, simulate } from './queue.simulation.mjs';
import { boundedPareto, constant, exponential, meanOf, mixture, seeded, uniform } from './random.mjs';
import { quantile } from './report.mjs';
import { FairLine, FirstComeLine } from './waiting-lines.mjs';

const JOBS = 400_000;

/** The first of the jobs of some keys, all from one seed. */
function jobs(count, sources, seed = 7) {
  const random = seeded(seed);
  const taken = [];
  for (const job of merged(Object.entries(sources).map(([key, source]) => arrivals(key, source, random)))) {
    if (taken.push(job) === count) return taken;
  }
  return taken;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const waitsOf = (seen) => seen.filter(({ waitSeconds }) => waitSeconds !== null).map(({ waitSeconds }) => waitSeconds);

/** How far a number is from what it should be, as a part of that. */
const error = (actual, expected) => Math.abs(actual / expected - 1);

describe(simulate.name, () => {
  it.each([
    [1, 0.5],
    [2, 0.8],
    [8, 0.8],
    [32, 0.9],
  ])('gives the waits of M/M/%i at %d of its capacity that Erlang worked out', (slots, utilisation) => {
    const load = slots * utilisation;
    const seen = simulate(jobs(JOBS, { a: { perSecond: load, runTime: exponential(1) } }), {
      slots,
      line: new FirstComeLine(),
    });
    const waits = waitsOf(seen);
    expect(error(waits.filter((wait) => wait > 0).length / waits.length, waitingPart(slots, load))).toBeLessThan(0.05);
    expect(error(mean(waits), meanWait(slots, load))).toBeLessThan(0.07);
    expect(error(quantile(waits, 0.95), waitQuantile(slots, load, 0.95))).toBeLessThan(0.07);
  });

  it('gives the mean wait of M/D/1 that Pollaczek and Khinchine worked out', () => {
    const seen = simulate(jobs(JOBS, { a: { perSecond: 0.8, runTime: constant(1) } }), {
      slots: 1,
      line: new FirstComeLine(),
    });
    expect(error(mean(waitsOf(seen)), meanWaitOfFixedRuns(0.8))).toBeLessThan(0.05);
  });

  it.each([1.5, 0.9])('refuses as many as M/M/2 with 10 places does, offered %d of its capacity', (utilisation) => {
    const load = 2 * utilisation;
    const options = { slots: 2, places: 10, line: new FirstComeLine() };
    const seen = simulate(jobs(JOBS, { a: { perSecond: load, runTime: exponential(1) } }), options);
    const refused = 1 - waitsOf(seen).length / seen.length;
    expect(error(refused, refusedPart(2, load, 10))).toBeLessThan(0.05);
  });

  it('has as long a mean wait in either order, as neither looks at run times', () => {
    const sources = {
      greedy: { perSecond: 1, burst: 10, runTime: exponential(1) },
      modest: { perSecond: 0.5, runTime: exponential(1) },
    };
    const [first, fair] = [new FirstComeLine(), new FairLine()].map((line) =>
      mean(waitsOf(simulate(jobs(JOBS, sources), { slots: 2, line }))),
    );
    expect(error(fair, first)).toBeLessThan(0.05);
  });

  it('runs at most so many at once, and keeps the bound of a key', () => {
    const all = Array.from({ length: 10 }, (_, index) => ({ key: index < 8 ? 'a' : 'b', at: 0, runSeconds: 1 }));
    const seen = simulate(all, { slots: 2, line: new FirstComeLine(), places: 5, maxQueuedPerKey: 3 });
    expect(seen.map(({ waitSeconds }) => waitSeconds)).toEqual([0, 0, 1, 1, 2, null, null, null, 2, 3]);
  });
});

describe(meanOf.name, () => {
  it.each([
    ['uniform', uniform(5, 30), 17.5],
    ['exponential', exponential(2), 2],
    ['mixture', mixture([[0.9, constant(1)], [0.1, constant(11)]]), 2], // prettier-ignore
    // Integral of x × density, α = 2: 2 L² (1/L - 1/H) / (1 - (L/H)²).
    ['bounded Pareto', boundedPareto(1, 10, 2), (2 * (1 - 0.1)) / (1 - 0.01)],
  ])('is that of a distribution: %s', (_, draw, expected) => {
    expect(error(meanOf(draw), expected)).toBeLessThan(0.01);
  });
});
