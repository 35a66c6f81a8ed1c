import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type OutputStream } from '../domain/output-position';
import { RedisConnections } from '../platform/redis/redis-connections';
import { JOB_ENDED, outputChannel } from '../records/record-keys';

/** A part of what a program has written to one stream, and where that begins, in UTF-16 units. */
export interface OutputPiece {
  readonly stream: OutputStream;
  readonly offset: number;
  readonly text: string;
}

/** What a worker tells those who follow a job. */
export interface OutputMessage {
  /** See `OutputPosition`. */
  readonly run: number;
  readonly pieces: readonly OutputPiece[];
}

/** Receives what is told of a job; `ended` once its record has the rest. */
export type OutputListener = (message: OutputMessage | typeof JOB_ENDED) => void;

/** Carries what running programs write to the instances that follow them: a Redis channel for each job, while it is followed. */
@Injectable()
export class OutputChannel implements OnModuleInit {
  private readonly listeners = new Map<string, OutputListener>();

  constructor(private readonly connections: RedisConnections) {}

  onModuleInit(): void {
    this.connections.subscriber.on('message', (channel, message) => {
      this.listeners.get(channel)?.(message === JOB_ENDED ? message : (JSON.parse(message) as OutputMessage));
    });
  }

  /** Returns how many instances got it. Those that do not listen just now miss it. @throws Error with Redis away */
  async publish(jobId: string, message: OutputMessage): Promise<number> {
    return this.connections.commands.publish(outputChannel(jobId), JSON.stringify(message));
  }

  /** Resolves when every message from now on is received: with Redis away, once it is back. One listener for each job. */
  async listen(jobId: string, listener: OutputListener): Promise<void> {
    this.listeners.set(outputChannel(jobId), listener);
    await this.connections.subscriber.subscribe(outputChannel(jobId));
  }

  /** Never throws. */
  async leave(jobId: string): Promise<void> {
    this.listeners.delete(outputChannel(jobId));
    // It fails when the connection is closed, and then there is nothing to leave.
    await this.connections.subscriber.unsubscribe(outputChannel(jobId)).catch(() => undefined);
  }
}
