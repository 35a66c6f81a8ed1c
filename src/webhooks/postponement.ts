/** Tells the queue to take a delivery up again later. */
export class Postponement extends Error {
  constructor(readonly delayMs: number) {
    super('later');
  }
}
