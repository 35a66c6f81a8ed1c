import { hash, timingSafeEqual } from 'node:crypto';

/** A secret that callers have to present, held as its digest: digests are equally long, as comparing in constant time needs it. */
export class ExpectedSecret {
  private readonly digest: Buffer;

  constructor(secret: string) {
    this.digest = digestOf(secret);
  }

  /** Whether it is this secret; how long that takes says nothing of it. */
  matches(presented: string): boolean {
    return timingSafeEqual(this.digest, digestOf(presented));
  }
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
