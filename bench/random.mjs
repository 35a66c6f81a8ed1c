/** Numbers from 0 to 1 that are the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns seconds, exponentially distributed: between the events of a Poisson process, or of a run of M/M/c */
export const exponential = (mean) => (random) => -mean * Math.log(1 - random());

export const constant = (value) => () => value;

export const uniform = (least, most) => (random) => least + (most - least) * random();

/** A Pareto distribution cut off at `most`, as run times are by the time limit: many short ones, and few that take most of the time. */
export const boundedPareto = (least, most, shape) => (random) =>
  least / (1 - random() * (1 - (least / most) ** shape)) ** (1 / shape);

/** One of several distributions, each for a part of the draws. @param parts `[part, distribution]`, the parts adding up to 1 */
export const mixture = (parts) => (random) => {
  let left = random();
  for (const [part, draw] of parts) {
    left -= part;
    if (left < 0) return draw(random);
  }
  return parts.at(-1)[1](random);
};

/** The mean of a distribution, over many draws. */
export function meanOf(draw, draws = 1_000_000) {
  const random = seeded(1);
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += draw(random);
  return sum / draws;
}
