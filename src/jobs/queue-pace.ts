import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type JobFacts } from '../domain/job-record';
import { RedisConnections } from '../platform/redis/redis-connections';
import { recordKey } from '../records/record-keys';
import { WaitingJobs } from '../records/waiting-jobs';
import { queueKey } from './execution-queue';

/** A job that runs. */
export interface RunningTime {
  readonly elapsedMs: number;
  /** Until its time limit, at most. */
  readonly remainingMs: number;
}

/** What the queue looks like at a moment. */
export interface Backlog {
  readonly waiting: number;
  readonly waitingByCaller: ReadonlyMap<string, number>;
  /** How long programs ran that ended lately. */
  readonly recentRunTimesMs: readonly number[];
  /** Jobs that run, over all instances. */
  readonly active: number;
  /** Some of them. */
  readonly running: readonly RunningTime[];
}

/** Refusals are for when there is room for this part of what waits, not only for one: many are refused at once. */
const PART = 0.1;
const MIN_SECONDS = 1;
const MAX_SECONDS = 300;
/** While nothing runs: as long as the callers of jobs that no worker has taken are told to wait. */
const NO_WORKER_SECONDS = 30;
/** Callers that are refused together are told up to so much more, so that they do not come back together. */
const SPREAD = 0.25;
/** Refusals come by the thousand: Redis is asked no more often. */
const FRESH_MS = 1_000;
const RUNNING_JOBS_ASKED = 16;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/**
 * Seconds until there is likely to be room in the queue, not rounded: how long the jobs ahead take that are to go first.
 * Before any job has ended it is when the first of those that run must have ended.
 * @param caller the key whose own bound was reached; null: the queue as a whole is full
 */
export function secondsUntilRoom(backlog: Backlog, caller: string | null): number {
  const { waiting, waitingByCaller, recentRunTimesMs, active, running } = backlog;
  if (active === 0) return NO_WORKER_SECONDS;
  if (recentRunTimesMs.length === 0)
    return Math.min(MAX_SECONDS * 1000, ...running.map(({ remainingMs }) => remainingMs)) / 1000;
  // Jobs that run already tell that the times of the past are past.
  const runTimeMs = Math.max(mean(recentRunTimesMs), mean(running.map(({ elapsedMs }) => elapsedMs)));
  const own = caller === null ? waiting : (waitingByCaller.get(caller) ?? 0);
  // Each key has one turn in a round.
  const turns = caller === null ? 1 : waitingByCaller.size;
  const ahead = Math.min(Math.max(1, Math.ceil(own * PART)) * Math.max(1, turns), Math.max(1, waiting));
  return (ahead * runTimeMs) / active / 1000;
}

/** A whole number of seconds from 1 to 300 for `Retry-After`. @param chance from 0 to 1 */
export function retryAfter(seconds: number, chance: number): number {
  return Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.round(seconds * (1 + SPREAD * chance))));
}

/** Says when those should come back for whom there was no room. */
@Injectable()
export class QueuePace {
  private known: { readonly backlog: Promise<Backlog>; readonly askedAt: number } | null = null;

  constructor(
    private readonly connections: RedisConnections,
    private readonly waitingJobs: WaitingJobs,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(QueuePace.name);
  }

  /** Whole seconds; undefined when nothing is known. Never throws. @param caller as for {@link secondsUntilRoom} */
  async retryAfterSeconds(caller: string | null): Promise<number | undefined> {
    try {
      return retryAfter(secondsUntilRoom(await this.backlog(), caller), Math.random());
    } catch (error) {
      this.logger.debug({ err: error }, 'The backlog could not be looked at');
      return undefined;
    }
  }

  private async backlog(): Promise<Backlog> {
    const now = performance.now();
    if (this.known === null || now - this.known.askedAt > FRESH_MS) this.known = { backlog: this.ask(), askedAt: now };
    return this.known.backlog;
  }

  private async ask(): Promise<Backlog> {
    const { commands } = this.connections;
    const [waiting, active, ids, waitingByCaller, recentRunTimesMs] = await Promise.all([
      commands.llen(queueKey('wait')),
      commands.llen(queueKey('active')),
      commands.lrange(queueKey('active'), 0, RUNNING_JOBS_ASKED - 1),
      this.waitingJobs.countByCaller(),
      this.waitingJobs.recentRunTimesMs(),
    ]);
    const running = (await Promise.all(ids.map(async (id) => this.runningTime(id)))).filter((time) => time !== null);
    return { waiting, active, waitingByCaller, recentRunTimesMs, running };
  }

  private async runningTime(jobId: string): Promise<RunningTime | null> {
    const fields = ['facts', 'startedAtMs', 'finishedAtMs'] as const;
    const [facts, startedAtMs, finishedAtMs] = await this.connections.commands.hmget(recordKey(jobId), ...fields);
    if (typeof facts !== 'string' || typeof finishedAtMs === 'string') return null;
    const { timeoutSeconds } = JSON.parse(facts) as JobFacts;
    // The worker's clock may be ahead.
    const elapsedMs = typeof startedAtMs !== 'string' ? 0 : Math.max(0, Date.now() - Number(startedAtMs));
    return { elapsedMs, remainingMs: Math.max(0, timeoutSeconds * 1000 - elapsedMs) };
  }
}
