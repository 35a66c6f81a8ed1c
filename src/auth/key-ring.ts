import { type ApiKey, digestKey } from '../config/api-key.format';
import { type FiledKey, type KeyTerms } from '../config/key-file.format';
import { type Settings } from '../config/settings';
import { type Caller } from '../domain/caller';
import { MAX_TIMEOUT_SECONDS } from '../domain/execution-request';

/** What keys get that have no limits of their own. */
export type DefaultTerms = Pick<Settings, 'rateLimitPerMinute' | 'maxQueuedPerKey'>;

/** The keys that may call, as digests, and what each may do. */
export class KeyRing {
  private callers: ReadonlyMap<string, Caller> = new Map();
  private webhookSecrets: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(
    private readonly defaults: DefaultTerms,
    /** Those that stay as long as the process. */
    readonly fixed: readonly ApiKey[],
  ) {
    this.hold([]);
  }

  /** How many keys may call. */
  get size(): number {
    return this.callers.size;
  }

  /** From now on these are the keys, beside the fixed ones; no two have a name or a digest in common. */
  hold(keys: readonly FiledKey[]): void {
    const all: readonly FiledKey[] = [...this.fixed, ...keys];
    this.callers = new Map(all.map((key) => [key.digest, this.callerWith(key)]));
    this.webhookSecrets = new Map(all.map(({ name, webhookSecret = [] }) => [name, webhookSecret]));
  }

  /**
   * Who presents a key; null when it is not known. The time it takes says nothing of the keys: the lookup compares digests,
   * of which nobody can choose even the first digits but by trying keys, and a digest, known whole, opens nothing.
   */
  callerOf(presentedKey: string): Caller | null {
    return this.callers.get(digestKey(presentedKey)) ?? null;
  }

  /** What the webhooks of a key are signed with; empty when it has nothing of its own, or is not known any more. */
  webhookSecretsOf(name: string): readonly string[] {
    return this.webhookSecrets.get(name) ?? [];
  }

  private callerWith({ name, ...terms }: { readonly name: string } & KeyTerms): Caller {
    return {
      name,
      rateLimitPerMinute: terms.rateLimitPerMinute ?? this.defaults.rateLimitPerMinute,
      maxQueued: terms.maxQueued ?? this.defaults.maxQueuedPerKey,
      maxTimeoutSeconds: terms.maxTimeoutSeconds ?? MAX_TIMEOUT_SECONDS,
      mayBeAsync: terms.allowAsync ?? true,
    };
  }
}
