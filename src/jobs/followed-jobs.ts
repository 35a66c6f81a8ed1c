import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { hasEnded, type JobRecord } from '../domain/job-record';
import { JobRecords } from '../records/job-records';
import { InstanceChannel } from './instance.channel';
import { JobFollower } from './job.follower';
import { OutputChannel } from './output.channel';

/** A job that somebody reads the output of. */
export interface FollowedJob {
  readonly job: Pick<JobFollower, 'run' | 'stdout' | 'stderr' | 'ended' | 'isGone'>;
  /** Its reader has gone. */
  readonly leave: () => void;
}

interface Following {
  readonly follower: JobFollower;
  readonly readers: Set<() => void>;
}

/** The jobs that are followed from this instance: each once, however many read it. */
@Injectable()
export class FollowedJobs {
  private readonly followings = new Map<string, Following>();

  constructor(
    private readonly records: JobRecords,
    private readonly outputs: OutputChannel,
    private readonly channel: InstanceChannel,
    private readonly logger: PinoLogger,
  ) {
    logger.setContext(FollowedJobs.name);
  }

  /**
   * Follows a job for one more reader.
   * @param record what is known of it at this moment
   * @param onChange is called whenever there is more to read, from the next change on
   */
  join(record: JobRecord, onChange: () => void): FollowedJob {
    const { id } = record.facts;
    const following = this.followings.get(id) ?? this.begin(record);
    following.follower.learn(record);
    following.readers.add(onChange);
    return {
      job: following.follower,
      leave: () => {
        following.readers.delete(onChange);
        if (following.readers.size === 0) this.end(id, following);
      },
    };
  }

  private begin(record: JobRecord): Following {
    const { id } = record.facts;
    const readers = new Set<() => void>();
    const { records, outputs, channel, logger } = this;
    const follower = new JobFollower(id, { records, outputs, channel, logger }, () => {
      for (const onChange of readers) onChange();
    });
    if (!hasEnded(record)) void follower.start();
    const following = { follower, readers };
    this.followings.set(id, following);
    return following;
  }

  private end(jobId: string, following: Following): void {
    following.follower.stop();
    if (this.followings.get(jobId) === following) this.followings.delete(jobId);
  }
}
