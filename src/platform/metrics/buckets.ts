/** Upper bounds of histograms of what programs take, in seconds: from a millisecond to the longest run there is, 300 s. */
export const RUN_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** The same for what includes a wait for a worker, which ends after 15 minutes. */
export const WAIT_BUCKETS = [...RUN_BUCKETS, 900];
