/** Seconds of run time a program gets when its caller names none (seed, section 3). */
export const DEFAULT_TIMEOUT_SECONDS = 30;
/** The most run time a caller may ask for, in seconds (seed, section 3). */
export const MAX_TIMEOUT_SECONDS = 300;

/** One program that a caller wants run. It has been validated: whoever holds one may trust its members. */
export interface ExecutionRequest {
  /** Python source; may be empty. */
  readonly code: string;
  /** Run time the program may take, 1 to {@link MAX_TIMEOUT_SECONDS}. */
  readonly timeoutSeconds: number;
  /** Absolute http or https URI that also gets the result. */
  readonly webhookUrl?: string;
  /** The caller's own name for the request, echoed back. */
  readonly id?: string;
}
