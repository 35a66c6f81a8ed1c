import { type Outcome } from './outcome';

/** Where a job stands. The last five are final. */
export type JobState = 'queued' | 'running' | FinalState;
export type FinalState = 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'lost';

/** Every legal transition, in one table. What leads nowhere is final. */
const TRANSITIONS: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled', 'lost'],
  // Back to `queued` when its worker is lost: it runs again, as its program can have had no effect outside its jail.
  running: ['queued', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost'],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  lost: [],
};

export const JOB_STATES = Object.keys(TRANSITIONS) as readonly JobState[];

export function isFinal(state: JobState): state is FinalState {
  return TRANSITIONS[state].length === 0;
}

/** The states that a job may come from into this one. */
export function statesBefore(state: JobState): readonly JobState[] {
  return JOB_STATES.filter((each) => TRANSITIONS[each].includes(state));
}

/** The state that a program's end leaves its job in. */
export function stateAfter(outcome: Outcome): FinalState {
  switch (outcome.kind) {
    case 'returned':
      return 'succeeded';
    case 'timedOut':
      return 'timed_out';
    case 'cancelled':
      return 'cancelled';
    case 'raised':
    case 'exited':
    case 'signalled':
    case 'overLimit':
      return 'failed';
    default:
      return outcome satisfies never;
  }
}
