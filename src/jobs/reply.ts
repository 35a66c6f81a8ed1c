import { type CompletedRun } from '../domain/execution-job';

/** What a worker tells the instance that waits for a job. */
export type Reply =
  | { readonly jobId: string; readonly run: CompletedRun }
  /** The job came to no outcome, through no fault of its program. */
  | { readonly jobId: string; readonly failure: string };
