/** What the program and its children wrote, decoded as UTF-8, up to the output limit. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A limit that ends the program which crosses it. Its size is part of the outcome: the setting may change later. */
export type CrossedLimit =
  | { readonly limit: 'memory'; readonly mebibytes: number }
  | { readonly limit: 'processes'; readonly count: number }
  | { readonly limit: 'output'; readonly kibibytes: number };

/**
 * How a program ended. A program's own failure is data, never an exception: an exception means that the service failed.
 * `resultJson` is JSON text and stays text, so that numbers arrive digit for digit.
 */
export type Outcome = Output &
  (
    | { readonly kind: 'returned'; readonly resultJson: string }
    | { readonly kind: 'raised'; readonly traceback: string }
    | { readonly kind: 'exited'; readonly exitCode: number; readonly message: string | null }
    | { readonly kind: 'signalled'; readonly signal: number }
    | { readonly kind: 'timedOut'; readonly timeoutSeconds: number }
    | ({ readonly kind: 'overLimit' } & CrossedLimit)
    | { readonly kind: 'cancelled' }
  );

/** One finished run of one program. */
export interface Execution {
  readonly outcome: Outcome;
  /** Process id of the program's first process, as this host sees it; null when no program was started. */
  readonly pid: number | null;
  /** From the start of the program to its death, in milliseconds; 0 when it was not started. */
  readonly runTimeMs: number;
}

/** What a job comes to that is cancelled before its program was started. */
export const NEVER_STARTED: Execution = {
  outcome: { kind: 'cancelled', stdout: '', stderr: '' },
  pid: null,
  runTimeMs: 0,
};
