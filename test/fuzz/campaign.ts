/** What a run of the fuzzers is told on its command line; the tests have short fixed budgets and a seed of their own. */
const SECONDS_IN_TESTS = 15;

export const SECONDS_EACH = Number(process.env.FUZZ_SECONDS ?? SECONDS_IN_TESTS);
export const FIRST_SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** One input, made of nothing but its seed. Rejects when what came of it is not what must come of anything. */
export type Round = (seed: number) => Promise<void>;

/** A round that failed, with the seed that repeats it. */
class FailedRound extends Error {
  constructor(seed: number, cause: unknown) {
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * Runs rounds of consecutive seeds until the time is over, `concurrency` of them at once.
 * @returns how many have been run
 * @throws FailedRound
 */
export async function runRounds(round: Round, concurrency: number): Promise<number> {
  const endAt = performance.now() + SECONDS_EACH * 1000;
  let rounds = 0;
  const lane = async (): Promise<void> => {
    while (rounds === 0 || performance.now() < endAt) {
      const seed = FIRST_SEED + rounds++;
      await round(seed).catch((error: unknown) => {
        throw new FailedRound(seed, error);
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return rounds;
}

/** One line on the terminal, without the frame that the test runner puts around the console's. */
export function say(line: string): void {
  process.stdout.write(`fuzz: ${line}\n`);
}

/** Counts what came of the rounds. */
export class Tally<K extends string | number> {
  private readonly counts = new Map<K, number>();

  add(key: K): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  get text(): string {
    return [...this.counts].map(([key, count]) => `${count} × ${key}`).join(', ');
  }
}
