/** Those that have gone are let go of in so large groups: to move the others up costs time. */
const KEPT = 10_000;

/** First come, first served. */
export class FirstComeLine {
  #jobs = [];
  #first = 0;

  get length() {
    return this.#jobs.length - this.#first;
  }

  enter(job) {
    this.#jobs.push(job);
  }

  next() {
    const job = this.#jobs[this.#first++];
    if (this.#first > KEPT) {
      this.#jobs = this.#jobs.slice(this.#first);
      this.#first = 0;
    }
    return job;
  }
}

/** The service's own order, as `src/jobs/fair-order.ts` has Redis do it: start-time fair queueing, with jobs counted. */
export class FairLine {
  /** The next one is last, so that to take it moves no other. */
  #jobs = [];
  /** The round of each key's last job, and how many of its jobs wait. */
  #rounds = new Map();
  #waiting = new Map();

  get length() {
    return this.#jobs.length;
  }

  enter(job) {
    const isFirst = this.length === 0;
    const round = isFirst ? 0 : this.#nextRound(job.key);
    if (isFirst) this.#rounds.clear();
    else this.#rounds.set(job.key, round);
    this.#waiting.set(job.key, (this.#waiting.get(job.key) ?? 0) + 1);
    this.#jobs.splice(this.#place(round), 0, { round, job });
  }

  next() {
    const { job } = this.#jobs.pop();
    const left = this.#waiting.get(job.key) - 1;
    if (left === 0) this.#waiting.delete(job.key);
    else this.#waiting.set(job.key, left);
    return job;
  }

  #nextRound(key) {
    const current = this.#jobs.at(-1).round;
    const own = this.#waiting.get(key) ?? 0;
    const last = this.#rounds.get(key) ?? (own > 0 ? current : -1);
    const round = Math.max(current, Math.min(last, current + own) + 1);
    return own > 0 && this.#waiting.size === 1 ? Math.max(round, this.#jobs[0].round) : round;
  }

  /** How many are of later rounds. */
  #place(round) {
    let [low, high] = [0, this.#jobs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#jobs[middle].round <= round) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
