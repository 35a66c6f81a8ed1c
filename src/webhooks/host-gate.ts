import { ReceivingHost, type Standing } from './receiving-host';
import { SharedPlaces } from './shared-places';
import { type WebhookVerdict } from './webhook-answer';

/** Tries that this process makes at once. */
const PLACES = 256;
/** How much of them all hosts of a standing may hold together. Brisk ones always find some that are left. */
const SHARES: Readonly<Record<Standing, number>> = { brisk: 1, unknown: 1 / 2, poor: 1 / 4 };
const FORGET_AFTER_MS = 10 * 60_000;
const MAX_HOSTS = 10_000;

/** Leave to make a try, or when to ask for it again. */
export type Admission =
  | {
      /**
       * To be called when the try is over. Calls after the first do nothing.
       * @param verdict what came of it; left out when nothing has been learned about the host
       */
      release(verdict?: WebhookVerdict): void;
    }
  | { readonly retryAfterMs: number };

/** Other than usual. */
export interface HostGateOptions {
  readonly places?: number;
  readonly maxHosts?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** The host and port of an http or https URL, by which its receiver is told from others. */
export function receiverOf(text: string): string {
  // Not `new URL`: its error repeats the text, and with it the password.
  const url = URL.parse(text);
  if (url === null) throw new Error('A webhook goes to an http or https URL');
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}

/**
 * Keeps receivers of webhooks from waiting for each other, in this process. A host that answers holds four tries at once; one that
 * has not yet, or whose last try came to no status, a single one; after several such none for a while. All hosts that have not
 * been heard of share half of the places, all that fail or are slow a quarter: what is left is for those that answer soon.
 */
export class HostGate {
  /** Those not heard of for longest come first. */
  private readonly hosts = new Map<string, ReceivingHost>();
  private readonly shares: Readonly<Record<Standing, SharedPlaces>>;
  private readonly maxHosts: number;
  private readonly now: () => number;

  constructor({ places = PLACES, maxHosts = MAX_HOSTS, now = () => performance.now() }: HostGateOptions = {}) {
    const share = (standing: Standing): SharedPlaces => new SharedPlaces(places * SHARES[standing]);
    this.shares = { brisk: share('brisk'), unknown: share('unknown'), poor: share('poor') };
    this.maxHosts = maxHosts;
    this.now = now;
  }

  /** Asks for leave to make a try at a host, named by {@link receiverOf}. Being sent away does not count as a try. */
  enter(name: string): Admission {
    const now = this.now();
    this.forget(now);
    const host = this.hosts.get(name) ?? new ReceivingHost();
    if (!host.hasPlace(now)) return sentAway(this.seen(name, host, now).nextTurn(now), now);
    const share = this.shares[host.standing];
    // A host that nothing is known of is not noted before its first try: names are endless.
    if (share.areTaken) return sentAway(share.nextTurn(now), now);
    return this.admit(name, this.seen(name, host, now), share);
  }

  private admit(name: string, host: ReceivingHost, share: SharedPlaces): Admission {
    const startedAt = this.now();
    let isOver = false;
    host.activeTries++;
    share.take();
    const release = (verdict?: WebhookVerdict): void => {
      if (isOver) return;
      isOver = true;
      host.activeTries--;
      const now = this.now();
      share.giveBack(now - startedAt);
      if (verdict !== undefined) this.seen(name, host, now).learn(verdict, now - startedAt, now);
    };
    return { release };
  }

  private seen(name: string, host: ReceivingHost, now: number): ReceivingHost {
    host.lastSeenAt = now;
    this.hosts.delete(name);
    this.hosts.set(name, host);
    return host;
  }

  private forget(now: number): void {
    for (const [name, host] of this.hosts) {
      if (this.hosts.size <= this.maxHosts && host.lastSeenAt > now - FORGET_AFTER_MS) break;
      if (host.activeTries === 0) this.hosts.delete(name);
    }
  }
}

function sentAway(turn: number, now: number): Admission {
  return { retryAfterMs: Math.max(1, Math.ceil(turn - now)) };
}
