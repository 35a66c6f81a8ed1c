/**
 * What the theory of queues says of `slots` workers, arrivals at random and exponentially distributed run times (M/M/c): what a
 * simulation is checked against. `load` is what is offered, in slots: arrivals per second times mean run time (Erlang, 1917).
 */

/** The part of the arrivals that find all slots busy: Erlang's formula C, by way of B and its recursion. */
export function waitingPart(slots, load) {
  let blocked = 1;
  for (let each = 1; each <= slots; each++) blocked = (load * blocked) / (each + load * blocked);
  return blocked / (1 - (load / slots) * (1 - blocked));
}

/** Mean wait, those who do not wait included, in mean run times. */
export const meanWait = (slots, load) => waitingPart(slots, load) / (slots - load);

/** The wait that this part of the arrivals does not exceed, in mean run times. */
export function waitQuantile(slots, load, part) {
  return Math.max(0, Math.log(waitingPart(slots, load) / (1 - part)) / (slots - load));
}

/** The part of the arrivals that is refused where `places` may wait: M/M/c/K, by its balance equations. */
export function refusedPart(slots, load, places) {
  let [state, sum] = [1, 1];
  for (let jobs = 1; jobs <= slots + places; jobs++) {
    state *= load / Math.min(jobs, slots);
    sum += state;
  }
  return state / sum;
}

/** Mean wait of one slot and a fixed run time (M/D/1), in run times: Pollaczek and Khinchine's formula. */
export const meanWaitOfFixedRuns = (load) => load / (2 * (1 - load));
