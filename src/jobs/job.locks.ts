import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { persistently } from '../platform/redis/persistently';
import { recordKey } from '../records/record-keys';
import { EXECUTION_QUEUE, type ExecutionQueue, lockKey, queueKey } from './execution-queue';
import { InstanceChannel } from './instance.channel';
import { InstancePresence } from './instance-presence';
import { JobMetrics } from './job.metrics';
import { LOCK_DURATION_MS, LOCK_RENEW_INTERVAL_MS } from './queue-options';
import { type RequeueCommands } from './requeue';

/** What Bull's types leave out: what it puts into its locks. */
interface LockingQueue {
  token: string;
}

/** The lock of a job that this worker has taken. */
export interface JobLock {
  /** Whether the job has been given to another worker. */
  readonly isLost: boolean;
  /** To be called when the job is over. */
  release(): void;
}

interface KeptLock extends JobLock {
  isLost: boolean;
  lose(): void;
}

/**
 * The locks that say whose a job is that has been taken from the queue. Each holds its worker's address, and is gone some seconds
 * after that has renewed it last: the job then waits again.
 */
@Injectable()
export class JobLocks {
  private readonly commands: Redis & RequeueCommands;
  private readonly kept = new Map<string, KeptLock>();

  constructor(
    @InjectQueue(EXECUTION_QUEUE) queue: ExecutionQueue & LockingQueue,
    private readonly channel: InstanceChannel,
    private readonly presence: InstancePresence,
    metrics: JobMetrics,
    logger: PinoLogger,
  ) {
    logger.setContext(JobLocks.name);
    // The queue's options have defined them.
    this.commands = queue.client as Redis & RequeueCommands;
    queue.token = channel.address;
    queue.on('stalled', ({ id }) => {
      logger.warn({ jobId: id }, 'The worker of a job is gone; it runs again');
      metrics.noteRequeued();
    });
  }

  /**
   * Keeps a job that this worker has taken, over outages of Redis too.
   * @param onLost called when it has been given away: to another worker, or to this one once more
   */
  keep(jobId: string, onLost: () => void): JobLock {
    this.kept.get(jobId)?.lose();
    // With Redis away the next time is soon enough.
    const timer = setInterval(() => void renew().catch(() => undefined), LOCK_RENEW_INTERVAL_MS);
    const lock: KeptLock = {
      isLost: false,
      lose: () => {
        lock.release();
        lock.isLost = true;
        onLost();
      },
      release: () => {
        clearInterval(timer);
        if (this.kept.get(jobId) === lock) this.kept.delete(jobId);
      },
    };
    const renew = async (): Promise<void> => {
      const { address } = this.channel;
      const isKept = await this.commands.keepJob(lockKey(jobId), recordKey(jobId), jobId, address, LOCK_DURATION_MS);
      if (isKept === 0 && this.kept.get(jobId) === lock) lock.lose();
    };
    this.kept.set(jobId, lock);
    return lock;
  }

  /** Has another worker run a job that this one does not finish. Does nothing when it is another's already. */
  async handBack(jobId: string): Promise<void> {
    await persistently(() => this.commands.handBackJob(lockKey(jobId), jobId, this.channel.address));
  }

  /** Unlocks the jobs of workers that are gone. @throws Error with Redis away */
  async unlockAbandoned(): Promise<void> {
    const locks = (await this.commands.lrange(queueKey('active'), 0, -1)).map(lockKey);
    if (locks.length === 0) return;
    const owners = await this.commands.mget(locks);
    await Promise.all(
      [...new Set(owners)].map(async (worker) => {
        if (worker === null || !(await this.presence.isGone(worker))) return;
        const own = locks.filter((_lock, index) => owners[index] === worker);
        await this.commands.unlockJobs(own.length, ...own, worker);
      }),
    );
  }
}
