import { hash } from 'node:crypto';

/** The endpoint that runs Python programs. */
const PYTHON_ENDPOINT = '/v1/code/execute/python';

/** Names the queue as an integer from 1 to 2^31 − 1, the same on every instance and after every restart. */
export const QUEUE_ID = (Number.parseInt(hash('sha256', 'execution').slice(0, 8), 16) % (2 ** 31 - 1)) + 1;

/** What every envelope of a service says about the service. */
export interface ServiceFacts {
  readonly endpoint: string;
  readonly queueId: number;
  readonly buildNumber: string;
}

export function describeService(buildNumber: string): ServiceFacts {
  return { endpoint: PYTHON_ENDPOINT, queueId: QUEUE_ID, buildNumber };
}
