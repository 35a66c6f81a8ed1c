import { Injectable } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { Settings } from '../config/settings';
import { type CompletedRun } from '../domain/completed-run';
import { type DeliveryState, type DeliveryTry, type JobFacts, type JobRecord } from '../domain/job-record';
import { isFinal, JOB_STATES, type JobState, stateAfter, statesBefore } from '../domain/job-state';
import { RedisConnections } from '../platform/redis/redis-connections';
import { deliveryName, jobOfDelivery, OUTBOX_KEY, recordKey } from './record-keys';
import { defineRecordCommands, type RecordCommands } from './record-scripts';
import { decodeRecord } from './record.codec';
import { encodeRun } from './run.codec';

/** A delivery is tried for about a day: the record of one that nobody ends goes after this. */
const PENDING_DELIVERY_SECONDS = 5 * 24 * 3600;

/** What a worker learns when it starts a job. */
export interface JobStart {
  /** False when the job has ended before it was started, or is another worker's now: its program must not run. */
  readonly isLegal: boolean;
  /** Whether somebody wants its output as it is written. */
  readonly isFollowed: boolean;
  /** Whether its worker is to end it at once: somebody has cancelled it while another worker had it, which was lost. */
  readonly isCancelled: boolean;
}

/** A way for a job to end. */
export interface Ending {
  readonly jobId: string;
  /** Names this attempt to end it, so that one that is sent twice counts once. */
  readonly token: string;
  readonly finishedAtMs: number;
  /** Null: it came to no outcome. */
  readonly run: CompletedRun | null;
  /** Only a job in this state is to be ended. */
  readonly onlyFrom?: JobState | undefined;
  /** Only a job that this worker runs is to be ended: one that was thought lost may have been given to another. */
  readonly worker?: string | undefined;
  /** Jobs that wait, as its caller has been told with the outcome: it has ended so then, whatever became of it in Redis. */
  readonly toldQueueLength?: number;
}

export interface EndingReceipt {
  /** False when the job had ended otherwise before. */
  readonly isLegal: boolean;
  /** Jobs that wait. */
  readonly queueLength: number;
}

/** The records of all jobs, in Redis. Whatever becomes of a job is noted here, and only here, each transition once. */
@Injectable()
export class JobRecords {
  private readonly commands: Redis & RecordCommands;

  constructor(
    connections: RedisConnections,
    private readonly settings: Settings,
  ) {
    this.commands = defineRecordCommands(connections.commands);
  }

  /** The record of a job, or null when there is none, or none any more. */
  async find(jobId: string): Promise<JobRecord | null> {
    const hash = await this.commands.hgetallBuffer(recordKey(jobId));
    return hash.facts === undefined ? null : decodeRecord(hash);
  }

  /**
   * Notes that a worker starts a job's program.
   * @param worker address of the worker
   * @param lockKey key of the job's lock in the queue, which must be the worker's
   */
  async start(jobId: string, worker: string, startedAtMs: number, lockKey: string): Promise<JobStart> {
    const before = statesBefore('running').join(' ');
    const start = await this.commands.startJob(recordKey(jobId), lockKey, before, worker, startedAtMs);
    const [isLegal, isFollowed, isCancelled] = start.map((answer) => answer === 1) as [boolean, boolean, boolean];
    return { isLegal, isFollowed, isCancelled };
  }

  /**
   * Notes that a job is to be ended, so that whoever runs it does so, even one that takes it over later.
   * @returns address of the worker that runs it now; null when none does, or when it has ended
   */
  async cancel(jobId: string): Promise<string | null> {
    return this.commands.cancelJob(recordKey(jobId), statesBefore('cancelled').join(' '));
  }

  /**
   * Notes how a job ended. In the same step those who follow it are told, and its result is put into the outbox when
   * somebody is to be sent it.
   * @param waitKey key of the list of jobs that wait
   */
  async end(ending: Ending, waitKey: string): Promise<EndingReceipt> {
    const { jobId, token, finishedAtMs, run, onlyFrom, worker = '', toldQueueLength } = ending;
    const state = run === null ? 'lost' : stateAfter(run.execution.outcome);
    const legal = toldQueueLength !== undefined ? JOB_STATES.filter((each) => !isFinal(each)) : statesBefore(state);
    const before = legal.filter((each) => onlyFrom === undefined || each === onlyFrom);
    const retention = this.settings.jobRetentionSeconds;
    const [isLegal, queueLength] = await this.commands.endJob(
      recordKey(jobId),
      waitKey,
      OUTBOX_KEY,
      state,
      before.join(' '),
      jobId,
      token,
      finishedAtMs,
      retention,
      retention + PENDING_DELIVERY_SECONDS,
      worker,
      toldQueueLength ?? '',
      run === null ? '' : await encodeRun(run),
    );
    return { isLegal: isLegal === 1, queueLength };
  }

  /** Notes that somebody wants a job's output as it is written. */
  async follow(jobId: string): Promise<void> {
    // Only where there is a record: one that has just expired must not be made anew.
    await this.commands.followJob(recordKey(jobId));
  }

  /** Notes a try to deliver a job's result, or what came of it. @param number 1 for the job's first */
  async noteTry(jobId: string, number: number, attempt: DeliveryTry): Promise<void> {
    await this.commands.noteTry(recordKey(jobId), number, JSON.stringify(attempt));
  }

  /** The URL that a delivery is to go to, named as by `deliveryName`; null when it is not pending any more. */
  async destination(delivery: string): Promise<string | null> {
    const jobId = jobOfDelivery(delivery);
    const [webhook, series, facts] = await this.commands.hmget(recordKey(jobId), 'webhook', 'series', 'facts');
    if (webhook !== 'pending' || deliveryName(jobId, Number(series ?? 0)) !== delivery) return null;
    return (JSON.parse(facts ?? '') as JobFacts).webhookUrl;
  }

  /**
   * Notes that a delivery, named as by `deliveryName`, was made or given up; the record is then kept for as long as any
   * other. Does nothing once it has been made, or asked for anew: another process may have seen to it meanwhile.
   * @returns whether it was this call that noted it
   */
  async endDelivery(delivery: string, state: Exclude<DeliveryState, 'pending'>): Promise<boolean> {
    const jobId = jobOfDelivery(delivery);
    const retention = this.settings.jobRetentionSeconds;
    return (await this.commands.endDelivery(recordKey(jobId), delivery, jobId, state, retention)) === 1;
  }

  /** Puts a result into the outbox once more. Returns false when its delivery is pending already, or when there is none to be made. */
  async redeliver(jobId: string): Promise<boolean> {
    const retention = this.settings.jobRetentionSeconds + PENDING_DELIVERY_SECONDS;
    return (await this.commands.redeliver(recordKey(jobId), OUTBOX_KEY, jobId, Date.now(), retention)) === 1;
  }

  /** Names of deliveries that are to be handed to the delivery queue, oldest first. */
  async outbox(limit: number): Promise<string[]> {
    return this.commands.zrange(OUTBOX_KEY, 0, limit - 1);
  }

  /** Takes deliveries out of the outbox: the delivery queue has them. */
  async handedOver(deliveries: readonly string[]): Promise<void> {
    await this.commands.zrem(OUTBOX_KEY, ...deliveries);
  }
}
