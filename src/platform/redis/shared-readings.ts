import { Injectable } from '@nestjs/common';
import { type ChainableCommander } from 'ioredis';
import { Gauge, type GaugeConfiguration, Registry } from 'prom-client';
import { unlessLate } from '../within';
import { RedisConnections } from './redis-connections';

/** However many scrape, Redis is asked once in so long. */
const FRESH_MS = 1_000;
/** Who scrapes has its answer by then, whatever Redis does. */
const PATIENCE_MS = 500;

/** One question to Redis, and what is done with the answer. */
export interface SharedReading {
  /** Adds one command. */
  ask(pipeline: ChainableCommander): unknown;
  /** Takes its reply, and sets gauges. */
  take(reply: unknown): void;
}

/**
 * The values that are the same on every instance, read from Redis when somebody scrapes: all in one round trip. Gauges whose
 * values are not known, as Redis is away or refuses the command, have none.
 */
@Injectable()
export class SharedReadings {
  private readonly readings: { reading: SharedReading; gauges: readonly Gauge[] }[] = [];
  private readonly unlabelled = new WeakSet<Gauge>();
  private underWay: Promise<true> | null = null;
  private refreshedAt = -Infinity;
  private hasAnswered = false;

  constructor(
    private readonly connections: RedisConnections,
    private readonly registry: Registry,
  ) {}

  /** A gauge that Redis knows the value of; set it in a {@link SharedReading}. */
  gauge<T extends string>({ help, ...rest }: Pick<GaugeConfiguration<T>, 'name' | 'help' | 'labelNames'>): Gauge<T> {
    const collect = (): Promise<void> => this.refresh();
    const gauge = new Gauge<T>({ ...rest, help: `Over all instances: ${help}`, registers: [this.registry], collect });
    if (rest.labelNames === undefined) this.unlabelled.add(gauge);
    return gauge;
  }

  /** Has a question asked with all the others. @param gauges those that its answer sets */
  add(reading: SharedReading, gauges: readonly Gauge[]): void {
    this.readings.push({ reading, gauges });
  }

  /** Whether Redis answers. */
  async isUp(): Promise<boolean> {
    await this.refresh();
    return this.hasAnswered;
  }

  /** Brings all values up to date, unless they are from a moment ago. Takes half a second at most. */
  private async refresh(): Promise<void> {
    if (performance.now() - this.refreshedAt < FRESH_MS) return;
    // One that has no answer yet is waited for again: a Redis that hangs is not asked more and more.
    this.underWay ??= this.read().finally(() => {
      this.underWay = null;
    });
    if ((await unlessLate(PATIENCE_MS, this.underWay)) === null) this.forget();
  }

  private async read(): Promise<true> {
    const { commands } = this.connections;
    if (commands.status !== 'ready') {
      this.forget();
      return true;
    }
    const pipeline = commands.pipeline();
    for (const { reading } of this.readings) reading.ask(pipeline);
    const replies = (await pipeline.exec().catch(() => null)) ?? [];
    this.hasAnswered = replies.some(([error]) => error === null);
    this.readings.forEach(({ reading, gauges }, index) => {
      const [error, reply] = replies[index] ?? [new Error('no reply')];
      if (error === null) reading.take(reply);
      else this.clear(gauges);
    });
    this.refreshedAt = performance.now();
    return true;
  }

  private forget(): void {
    this.hasAnswered = false;
    for (const { gauges } of this.readings) this.clear(gauges);
    this.refreshedAt = performance.now();
  }

  /** Leaves gauges without a value. */
  private clear(gauges: readonly Gauge[]): void {
    for (const gauge of gauges) {
      gauge.reset();
      // Where there are no labels, that has set it to 0.
      if (this.unlabelled.has(gauge)) gauge.remove();
    }
  }
}
