/** How much the median of the last third of a series may be above that of the first: this part of it, and this much. */
interface Slack {
  readonly ratio: number;
  readonly absolute: number;
}

/** What a series of measurements says of growth. */
export interface Verdict {
  readonly name: string;
  /** Medians of the first and of the last third. */
  readonly first: number;
  readonly last: number;
  readonly isFlat: boolean;
}

/** Compares the last third of measurements, which are of the same members each, with the first. */
export function judge(measurements: readonly object[], slackOf: (name: string) => Slack): Verdict[] {
  const size = Math.max(1, Math.floor(measurements.length / 3));
  return Object.keys(measurements[0] ?? {}).map((name) => {
    const series = measurements.map((each) => (each as Readonly<Record<string, number>>)[name] ?? 0);
    const [first, last] = [median(series.slice(0, size)), median(series.slice(-size))];
    const { ratio, absolute } = slackOf(name);
    return { name, first, last, isFlat: last <= first * (1 + ratio) + absolute };
  });
}

/** Not the mean: a minute in which this machine had something else to do is none of growth. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
