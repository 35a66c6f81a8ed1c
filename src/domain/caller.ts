/** Who makes a request, and what its key lets it do. */
export interface Caller {
  /** Name of the key; not secret. */
  readonly name: string;
  /** Programs it may send in a minute, over all instances; 0: any number. */
  readonly rateLimitPerMinute: number;
  /** Jobs of its that may wait, over all instances; 0: any number. */
  readonly maxQueued: number;
  /** The most run time it may ask for, in seconds. */
  readonly maxTimeoutSeconds: number;
  /** Whether it may be answered before its program has run. */
  readonly mayBeAsync: boolean;
}
