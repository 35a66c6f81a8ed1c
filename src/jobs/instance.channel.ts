import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type JobEnd } from '../domain/job-record';
import { type OutputPosition } from '../domain/output-position';
import { KEY_PREFIX } from '../platform/redis/key-prefix';
import { RedisConnections } from '../platform/redis/redis-connections';

const RETRY_INTERVAL_MS = 1_000;
const MAX_ATTEMPTS = 10;

/** What one process tells another of a job. */
export interface InstanceMessages {
  /** To the instance that holds the caller's connection. */
  ended: { readonly jobId: string; readonly end: JobEnd };
  /** To the worker that runs it: kill the program. */
  cancel: { readonly jobId: string };
  /** To the worker that runs it: tell its output, from there on, to those who follow it. */
  follow: { readonly jobId: string; readonly from: OutputPosition };
}

type Kind = keyof InstanceMessages;
type Listener<K extends Kind> = (message: InstanceMessages[K]) => void;

/**
 * Carries messages to one process: within a process by a call, else through a Redis channel that only this instance listens to,
 * so that the cost of a message does not grow with the number of instances.
 */
@Injectable()
export class InstanceChannel implements OnModuleInit {
  /** Where messages to this process go. */
  readonly address = `${KEY_PREFIX}:instances:${randomUUID()}`;
  private readonly listeners: { [K in Kind]?: Listener<K> } = {};

  constructor(
    private readonly connections: RedisConnections,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(InstanceChannel.name);
  }

  /** Starts to receive. The subscription survives outages of Redis; messages sent during one are lost. */
  async onModuleInit(): Promise<void> {
    const { subscriber } = this.connections;
    subscriber.on('message', (channel, message) => {
      if (channel !== this.address) return;
      const [kind, content] = JSON.parse(message) as [Kind, never];
      this.receive(kind, content);
    });
    await subscriber.subscribe(this.address);
  }

  /** Names who is in charge of messages of a kind in this process. */
  on<K extends Kind>(kind: K, listener: Listener<K>): void {
    Object.assign(this.listeners, { [kind]: listener });
  }

  /** Sends a message. Tries for some seconds when Redis or the receiver is away, then gives up; never throws. */
  async send<K extends Kind>(address: string, kind: K, message: InstanceMessages[K]): Promise<void> {
    if (address === this.address) this.receive(kind, message);
    else await this.publish(address, JSON.stringify([kind, message]), 1);
  }

  /** Sends a message whose sender sees by itself when it was lost. @throws Error with Redis away */
  async sendOnce<K extends Kind>(address: string, kind: K, message: InstanceMessages[K]): Promise<void> {
    if (address === this.address) this.receive(kind, message);
    else await this.connections.commands.publish(address, JSON.stringify([kind, message]));
  }

  private receive<K extends Kind>(kind: K, message: InstanceMessages[K]): void {
    this.listeners[kind]?.(message);
  }

  private async publish(address: string, message: string, attempt: number): Promise<void> {
    const receivers = await this.connections.commands.publish(address, message).catch(() => 0);
    if (receivers > 0) return;
    if (attempt === MAX_ATTEMPTS) {
      this.logger.warn({ address }, 'Nobody took a message');
      return;
    }
    setTimeout(() => void this.publish(address, message, attempt + 1), RETRY_INTERVAL_MS).unref();
  }
}
