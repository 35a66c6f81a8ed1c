import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, digestKey } from '../config/api-key.format';

/** The keys that may call, as digests. */
export class KeyRing {
  constructor(private readonly keys: readonly ApiKey[]) {}

  /** The name of a key, or null when it is not known. Takes equally long for a near miss, a far one and a hit. */
  nameOf(presentedKey: string): string | null {
    const digest = digestKey(presentedKey);
    let name: string | null = null;
    for (const key of this.keys) {
      if (timingSafeEqual(key.digest, digest)) name = key.name;
    }
    return name;
  }
}
