import { exponential } from './random.mjs';

/**
 * The jobs of one key: bursts come at random, a Poisson process, each of so many jobs at once. Endless.
 * @param perSecond jobs, on average
 * @param burst jobs that come together; 1: each by itself
 * @param runTime draws the seconds that a job runs
 */
export function* arrivals(key, { perSecond, burst = 1, runTime }, random) {
  const gap = exponential(burst / perSecond);
  for (let at = gap(random); ; at += gap(random)) {
    for (let i = 0; i < burst; i++) yield { key, at, runSeconds: runTime(random) };
  }
}

/** Several keys' jobs in the order in which they come. */
export function* merged(sources) {
  const heads = sources.map((source) => ({ source, job: source.next().value }));
  for (;;) {
    const head = heads.reduce((first, each) => (each.job.at < first.job.at ? each : first));
    yield head.job;
    head.job = head.source.next().value;
  }
}

/**
 * Runs jobs, in the order in which they come, on slots that run one at a time each. One that comes while `places` wait is refused.
 * @param jobs `{ key, at, runSeconds }`, `at` in seconds
 * @param line who waits, and whose turn it is
 * @param maxQueuedPerKey jobs of one key that may wait
 * @returns for each job `{ key, at, waitSeconds }`, null in place of the wait where it was refused
 */
export function simulate(jobs, { slots, line, places = Infinity, maxQueuedPerKey = Infinity }) {
  const ends = new EndTimes();
  const seen = [];
  const waiting = new Map();
  const start = (job, at) => {
    ends.add(at + job.runSeconds);
    job.outcome.waitSeconds = at - job.at;
  };
  const startWaiting = (until) => {
    while (line.length > 0 && ends.first <= until) {
      const job = line.next();
      waiting.set(job.key, waiting.get(job.key) - 1);
      start(job, ends.take());
    }
    while (ends.size > 0 && ends.first <= until) ends.take();
  };
  for (const { key, at, runSeconds } of jobs) {
    startWaiting(at);
    const job = { key, at, runSeconds, outcome: { key, at, waitSeconds: null } };
    seen.push(job.outcome);
    if (ends.size < slots) start(job, at);
    else if (line.length < places && (waiting.get(key) ?? 0) < maxQueuedPerKey) {
      waiting.set(key, (waiting.get(key) ?? 0) + 1);
      line.enter(job);
    }
  }
  startWaiting(Infinity);
  return seen;
}

/** When the jobs that run end, the first at hand: a binary heap. */
class EndTimes {
  #heap = [];

  get size() {
    return this.#heap.length;
  }

  get first() {
    return this.#heap[0] ?? Infinity;
  }

  add(time) {
    const heap = this.#heap;
    let index = heap.push(time) - 1;
    for (let parent; index > 0 && heap[(parent = (index - 1) >> 1)] > time; index = parent) heap[index] = heap[parent];
    heap[index] = time;
  }

  take() {
    const heap = this.#heap;
    const [first, last] = [heap[0], heap.pop()];
    if (heap.length === 0) return first;
    let index = 0;
    for (let child; (child = 2 * index + 1) < heap.length; index = child) {
      if (heap[child + 1] < heap[child]) child++;
      if (heap[child] >= last) break;
      heap[index] = heap[child];
    }
    heap[index] = last;
    return first;
  }
}
