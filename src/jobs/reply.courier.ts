import { Injectable } from '@nestjs/common';
import { type Reply } from './reply';
import { ReplyChannel } from './reply.channel';

/** Bull normally records an outcome in a millisecond. After this long Redis is away, and the caller need not wait for it. */
const RECORD_TIMEOUT_MS = 2_000;

interface HeldReply {
  readonly timer: NodeJS.Timeout;
  deliver(): void;
}

/** Sends each reply once its outcome is recorded, or cannot be recorded in time: the program has run, its caller shall know. */
@Injectable()
export class ReplyCourier {
  private readonly held = new Map<string, HeldReply>();
  private readonly emptyListeners = new Set<() => void>();

  constructor(private readonly channel: ReplyChannel) {}

  /** Keeps a reply until it is released, or has been kept for too long. */
  hold(address: string, reply: Reply): void {
    const deliver = (): void => {
      this.send(address, reply);
    };
    const timer = setTimeout(() => {
      this.release(reply.jobId);
    }, RECORD_TIMEOUT_MS);
    this.held.set(reply.jobId, { timer, deliver });
  }

  /** Sends the reply that is held for a job. Returns whether there was one. */
  release(jobId: string): boolean {
    const reply = this.held.get(jobId);
    if (reply === undefined) return false;
    this.held.delete(jobId);
    clearTimeout(reply.timer);
    reply.deliver();
    if (this.held.size === 0) {
      for (const listener of this.emptyListeners) listener();
      this.emptyListeners.clear();
    }
    return true;
  }

  /** Sends a reply that there is no record of to wait for. */
  send(address: string, reply: Reply): void {
    void this.channel.send(address, reply);
  }

  /** Resolves once no reply is held. */
  async whenRecorded(): Promise<void> {
    if (this.held.size === 0) return;
    await new Promise<void>((resolve) => this.emptyListeners.add(resolve));
  }
}
