import { type Random } from '../support/random';

type Action = 'kill' | 'terminate' | 'freeze' | 'kill a jail of';

/** Something that is done to a process at some time. */
export interface Fault {
  /** Since the start of the faults. */
  readonly atMs: number;
  readonly action: Action;
  /** Name of a member of the topology. */
  readonly target: string;
  /** How long it stays frozen, or ended until it is started again. */
  readonly forMs: number;
}

/** A worker that hangs for longer has lost its jobs; for less, it may have. */
const LOCK_MS = 15_000;
const LEAST_LOSING_MS = 8_000;
const WORKERS = ['worker-1', 'worker-2'];
const APIS = ['api-1', 'api-2'];
const REDIS = ['redis'];
const SHORT_MS = [100, 4_000] as const;
const LONG_MS = [LOCK_MS + 1_000, LOCK_MS + 6_000] as const;
const DOWN_MS = [0, 2_000] as const;
const GAP_MS = [800, 3_200] as const;

type Range = readonly [from: number, to: number];
type Kind = readonly [share: number, action: Action, targets: readonly string[], forMs: Range];

const KINDS: readonly Kind[] = [
  [4, 'kill', WORKERS, DOWN_MS],
  [4, 'kill', APIS, DOWN_MS],
  [3, 'kill', REDIS, DOWN_MS],
  [3, 'terminate', WORKERS, DOWN_MS],
  [3, 'terminate', APIS, DOWN_MS],
  [1, 'terminate', REDIS, DOWN_MS],
  [2, 'freeze', WORKERS, SHORT_MS],
  [2, 'freeze', APIS, SHORT_MS],
  [2, 'freeze', REDIS, SHORT_MS],
  [2, 'freeze', WORKERS, LONG_MS],
  [1, 'freeze', APIS, LONG_MS],
  [1, 'freeze', REDIS, LONG_MS],
  [4, 'kill a jail of', WORKERS, [0, 0]],
];

/** Faults that are over in so many milliseconds, and follow from the random choices alone. */
export function planFaults(random: Random, durationMs: number): Fault[] {
  const total = KINDS.reduce((sum, [share]) => sum + share, 0);
  const faults: Fault[] = [];
  for (let atMs = between(random, GAP_MS); atMs < durationMs; atMs += between(random, GAP_MS)) {
    let left = random.below(total);
    const [, action, targets, forMs] = KINDS.find(([share]) => (left -= share) < 0)!;
    faults.push({
      atMs,
      action,
      target: random.pick(targets),
      forMs: Math.min(between(random, forMs), durationMs - atMs),
    });
  }
  return faults;
}

/** Whether a job may have lost its worker, or its jail, by this. */
export function mayLoseJobs({ action, target, forMs }: Fault): boolean {
  if (action === 'kill a jail of') return true;
  if (action === 'kill') return WORKERS.includes(target);
  // Locks run out while Redis hangs or is away, too.
  return action === 'freeze' && !APIS.includes(target) && forMs >= LEAST_LOSING_MS;
}

export function describeFault({ atMs, action, target, forMs }: Fault): string {
  return `${(atMs / 1000).toFixed(1)} s: ${action} ${target}${forMs === 0 ? '' : ` for ${(forMs / 1000).toFixed(1)} s`}`;
}

function between(random: Random, [from, to]: Range): number {
  return from + random.below(to - from + 1);
}
