/** What a hostile program must be answered: its own end, never the service's. Text is compared whole, a pattern searched for. */
export type RequiredAnswer =
  | {
      readonly status: 200;
      /** The parsed `result`; a pattern is searched for in it when it is text, else in its JSON text. */
      readonly result?: unknown;
      readonly stdout?: string | RegExp;
      readonly stderr?: string | RegExp;
    }
  | { readonly status: 400; readonly error: string | RegExp; readonly stdout?: string | RegExp }
  | { readonly status: 408 };

/** A row of the table: what an attacker sends, what must come of it, and what must not be seen. */
export interface HostileProgram {
  /** What it attempts, in a few words; unique in its family. */
  readonly name: string;
  readonly program: string;
  /** Several where the outcome is a race that the attacker may win or lose, each as good for everybody else. */
  readonly answer: RequiredAnswer | readonly RequiredAnswer[];
  /** Seconds, where the program would run on; 10 when absent. */
  readonly timeout?: number;
  /** What no byte of the answer may show, beside the service's own secrets and the host's names and paths. */
  readonly unseen?: readonly RegExp[];
}
