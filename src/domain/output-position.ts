/** The streams that a program's output comes on, in the order in which they are told. */
export const OUTPUT_STREAMS = ['stdout', 'stderr'] as const;
export type OutputStream = (typeof OUTPUT_STREAMS)[number];

/** How much of a program's output somebody has been told: of each stream so many UTF-16 units. */
export interface OutputPosition extends Readonly<Record<OutputStream, number>> {
  /**
   * Which run of the program wrote it, for one whose jail was lost runs again: when that run was started, in milliseconds of
   * the worker's clock; {@link NEVER_RUN}, or null for one who has been told nothing.
   */
  readonly run: number | null;
}

/** Stands for the run of a job whose program was never started. */
export const NEVER_RUN = 0;

export const START: OutputPosition = { run: null, stdout: 0, stderr: 0 };
