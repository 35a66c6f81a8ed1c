import { BullAdapter } from '@bull-board/api/bullAdapter';
import { type Job, type Queue } from 'bull';

/** Jobs that one answer may hold: each is read from Redis with its program, whether that is shown or not. */
const MAX_JOBS = 100;
const HIDDEN = 'Hidden';

type Statuses = Parameters<BullAdapter['getJobs']>[0];

/** A queue as the page shows it: to be looked at only. A job removed or run again by hand would be at odds with its record. */
export class QueueView extends BullAdapter {
  /** @param showsJobData whether programs, what became of them and where webhooks go are shown */
  constructor(
    queue: Queue,
    private readonly showsJobData: boolean,
  ) {
    super(queue, { readOnlyMode: true });
  }

  override async getJob(id: string): Promise<Job | undefined | null> {
    const job = await super.getJob(id);
    return job ? this.show(job) : job;
  }

  override async getJobs(statuses: Statuses, start = 0, end = start): Promise<Job[]> {
    const jobs = await super.getJobs(statuses, start, Math.min(end, start + MAX_JOBS - 1));
    return jobs.map((job) => this.show(job));
  }

  override async getJobLogs(id: string): Promise<string[]> {
    return this.showsJobData ? super.getJobLogs(id) : [];
  }

  private show(job: Job): Job {
    return this.showsJobData ? job : hideData(job);
  }
}

/** Leaves of a job, which is a copy of what is in Redis, only what says how it gets on. */
function hideData(job: Job): Job {
  const { attempts, delay, priority, timestamp } = job.opts as typeof job.opts & { timestamp?: number };
  return Object.assign(job, {
    data: {},
    opts: { attempts, delay, priority, timestamp },
    _progress: 0,
    returnvalue: null,
    stacktrace: [],
    failedReason: job.failedReason === undefined ? undefined : HIDDEN,
  });
}
