import { setTimeout as sleep } from 'node:timers/promises';
import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type PinoLogger } from 'nestjs-pino';
import { StartupError } from '../domain/startup-error';
import { type FiledKey } from '../config/key-file.format';
import { compareKeys } from './key-changes';
import { isMissing, type KeyFile, type KeyFileVersion } from './key-file';
import { type KeyRing } from './key-ring';

/** A key that is taken out of the file works no longer than this, and the reading of the file. */
const LOOK_INTERVAL_MS = 1_000;

/** Why a version of the file is of no use, and how often it has been seen. */
interface Trouble {
  readonly reason: string;
  /** Empty when it could not be read. */
  readonly text: string;
  readonly seen: number;
}

/**
 * Keeps the ring to what the file of keys says. A file that has become unusable or vanished changes nothing but the log.
 *
 * It looks at the file's text each second. Events of the file system (`fs.watch`, inotify) belong to an inode: they end when an
 * editor puts another file in its place, miss the exchange of the symbolic link above it, which is how Kubernetes changes a
 * ConfigMap or Secret, and are not there at all on network file systems. Times and sizes alone miss a change of the same
 * length within a tick of the clock.
 */
export class KeyFileWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private text: string | null = null;
  private keys: readonly FiledKey[] = [];
  private trouble: Trouble | null = null;

  constructor(
    private readonly file: KeyFile,
    private readonly ring: KeyRing,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(KeyFileWatch.name);
  }

  /** Reads the file for the first time. @throws StartupError when it is of no use, or not there although it must be */
  async load(): Promise<void> {
    try {
      this.take(await this.file.read());
      this.logger.info({ keys: this.keys.length }, `${this.file.label} has been read`);
    } catch (error) {
      const isAbsent = error instanceof StartupError && this.file.isOptional && isMissing(error);
      if (!isAbsent) throw error;
    }
    if (this.ring.size === 0) this.logger.warn('There is no key: every call is refused');
  }

  onApplicationBootstrap(): void {
    void this.watch();
  }

  onApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Looks whether the file has changed. Never rejects. */
  async look(): Promise<void> {
    let text = '';
    try {
      const version = await this.file.read();
      ({ text } = version);
      if (text === this.text) this.noteSame();
      else if (!this.isKnownTrouble(text)) this.replace(version);
    } catch (error) {
      this.noteTrouble(error, text);
    }
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // One look at a time, however long the file takes to read.
      await this.look();
      await sleep(LOOK_INTERVAL_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  private replace(version: KeyFileVersion): void {
    const before = this.keys;
    this.take(version);
    const changes = compareKeys(before, this.keys);
    this.logger.info({ ...changes, keys: this.ring.size }, 'The file of keys has changed');
    if (this.ring.size === 0) this.logger.warn('There is no key: every call is refused');
  }

  private take(version: KeyFileVersion): void {
    const { keys, holdsSecrets } = this.file.parse(version);
    this.ring.hold(keys);
    this.keys = keys;
    this.text = version.text;
    this.trouble = null;
    if (holdsSecrets && version.isOpen) {
      this.logger.warn(`${this.file.label} holds keys or webhook secrets, and others than its owner may read it`);
    }
  }

  /** A long text that is of no use is not read as keys each second. */
  private isKnownTrouble(text: string): boolean {
    return this.trouble !== null && this.trouble.seen > 1 && text !== '' && this.trouble.text === text;
  }

  private noteSame(): void {
    if (this.trouble !== null && this.trouble.seen > 1) this.logger.info('The file of keys is as it was again');
    this.trouble = null;
  }

  /** Told at the second look: at the first, somebody may be in the middle of writing it. */
  private noteTrouble(error: unknown, text: string): void {
    if (this.text === null && error instanceof StartupError && isMissing(error)) return;
    const reason = error instanceof Error ? error.message : String(error);
    const isSame = this.trouble?.reason === reason && this.trouble.text === text;
    const seen = isSame ? (this.trouble?.seen ?? 0) + 1 : 1;
    this.trouble = { reason, text, seen };
    if (seen === 2) this.logger.error({ reason }, 'The file of keys cannot be used: the keys stay as they were');
  }
}
