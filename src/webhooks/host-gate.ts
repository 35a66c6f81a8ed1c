import { ReceivingHost } from './receiving-host';
import { Turns } from './turns';
import { type WebhookVerdict } from './webhook-answer';

/** Tries that this process makes at once. */
const PLACES = 256;
/** Between two who come again for one of the places that slow hosts share: all are taken, by tries of many seconds. */
const SHARED_SPACING_MS = 100;
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
export function receiverOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}

/**
 * Keeps receivers of webhooks from waiting for each other, in this process. A host holds four tries at once; after one that
 * came to no status a single one, until it answers again; after several such none for a while. All hosts that are slow,
 * fail or have not been heard of yet share half of the places: the other half is for those that answer soon.
 */
export class HostGate {
  /** Those not heard of for longest come first. */
  private readonly hosts = new Map<string, ReceivingHost>();
  private readonly sharedPlaces: number;
  private readonly maxHosts: number;
  private readonly now: () => number;
  private readonly sharedTurns = new Turns();
  private sharedTries = 0;

  constructor({ places = PLACES, maxHosts = MAX_HOSTS, now = () => performance.now() }: HostGateOptions = {}) {
    this.sharedPlaces = Math.ceil(places / 2);
    this.maxHosts = maxHosts;
    this.now = now;
  }

  /** Asks for leave to make a try at a host, named by {@link receiverOf}. Being sent away does not count as a try. */
  enter(name: string): Admission {
    const now = this.now();
    this.forget(now);
    const host = this.hosts.get(name) ?? new ReceivingHost();
    if (!host.hasPlace(now)) return sentAway(this.seen(name, host, now).nextTurn(now), now);
    const isShared = !host.isBrisk;
    // A host that nothing is known of is not noted before its first try: names are endless.
    if (isShared && this.sharedTries >= this.sharedPlaces)
      return sentAway(this.sharedTurns.next(now, SHARED_SPACING_MS), now);
    return this.admit(name, this.seen(name, host, now), isShared);
  }

  private admit(name: string, host: ReceivingHost, isShared: boolean): Admission {
    const startedAt = this.now();
    let isOver = false;
    host.activeTries++;
    if (isShared) this.sharedTries++;
    const release = (verdict?: WebhookVerdict): void => {
      if (isOver) return;
      isOver = true;
      host.activeTries--;
      if (isShared) this.sharedTries--;
      const now = this.now();
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
