import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { GENERATED_KEY_NAME } from '../auth/generated-key';
import { Settings } from '../config/settings';
import { measureJob } from '../domain/answered-job';
import { type CompletedRun } from '../domain/completed-run';
import { type JobFacts } from '../domain/job-record';
import { RUN_BUCKETS, WAIT_BUCKETS } from '../platform/metrics/buckets';
import { exitFacts, outcomeName } from './job-line';

/** Every way to end, as {@link outcomeName} calls it. */
const OUTCOMES = ['returned', 'raised', 'exited', 'signalled', 'timed_out', 'over_limit', 'cancelled', 'lost'];
const MODES = ['sync', 'async'] as const;
const LIMITS = ['time', 'memory', 'processes', 'output'] as const;

/** Counts jobs, each where it is accepted and where it is closed. Label `key` is the name of the caller's key. */
@Injectable()
export class JobMetrics {
  private readonly accepted: Counter<'key' | 'mode'>;
  private readonly finished: Counter<'key' | 'outcome'>;
  private readonly requeued: Counter;
  private readonly limits: Counter<'limit'>;
  private readonly times: Readonly<Record<'run' | 'queue' | 'total', Histogram>>;
  private readonly knownKeys = new Set<string>();

  constructor(registry: Registry, settings: Settings) {
    const registers = [registry];
    this.accepted = new Counter({
      ...{ name: 'pyexec_jobs_accepted_total', help: 'Jobs that this instance has accepted.' },
      ...{ labelNames: ['key', 'mode'], registers },
    });
    this.finished = new Counter({
      ...{ name: 'pyexec_jobs_finished_total', help: 'Jobs that this process has closed, each once.' },
      ...{ labelNames: ['key', 'outcome'], registers },
    });
    this.requeued = new Counter({
      ...{
        name: 'pyexec_jobs_requeued_total',
        help: 'Jobs that this process found without a worker, and that run again.',
      },
      registers,
    });
    this.limits = new Counter({
      ...{ name: 'pyexec_limits_hit_total', help: 'Programs that were ended at a limit.' },
      ...{ labelNames: ['limit'], registers },
    });
    const histogram = (what: string, help: string, buckets: number[]): Histogram =>
      new Histogram({ name: `pyexec_job_${what}_duration_seconds`, help, buckets, registers });
    this.times = {
      run: histogram('run', 'From the start of a program to its death.', RUN_BUCKETS),
      queue: histogram('queue', 'From the acceptance of a job to the start of its program.', WAIT_BUCKETS),
      total: histogram('total', 'From the acceptance of a job to its end.', WAIT_BUCKETS),
    };
    for (const limit of LIMITS) this.limits.inc({ limit }, 0);
    const names = settings.apiKeys?.map(({ name }) => name) ?? (settings.role === 'worker' ? [] : [GENERATED_KEY_NAME]);
    for (const name of names) this.introduce(name);
  }

  noteAccepted({ callerName }: JobFacts, isAsync: boolean): void {
    this.introduce(callerName);
    this.accepted.inc({ key: callerName, mode: isAsync ? 'async' : 'sync' });
  }

  noteRequeued(): void {
    this.requeued.inc();
  }

  /** To be called once for each job, by whoever has closed it. @param run null when it came to no outcome */
  noteEnd(facts: JobFacts, run: CompletedRun | null, finishedAtMs: number): void {
    const outcome = run?.execution.outcome;
    this.introduce(facts.callerName);
    this.finished.inc({ key: facts.callerName, outcome: outcomeName(outcome) });
    const { limit } = outcome === undefined ? {} : exitFacts(outcome);
    if (limit !== undefined) this.limits.inc({ limit });
    const { queueMs, totalMs } = measureJob(facts, run, finishedAtMs - facts.acceptedAtMs);
    this.times.total.observe(totalMs / 1000);
    if (typeof run?.startedAtMs !== 'number') return;
    this.times.queue.observe(queueMs / 1000);
    // Not rounded to milliseconds, as answers are: many programs take less than two.
    this.times.run.observe(run.execution.runTimeMs / 1000);
  }

  /** Lets a key's counters begin at 0, so that the first event is an increase. */
  private introduce(key: string): void {
    if (this.knownKeys.has(key)) return;
    this.knownKeys.add(key);
    for (const mode of MODES) this.accepted.inc({ key, mode }, 0);
    for (const outcome of OUTCOMES) this.finished.inc({ key, outcome }, 0);
  }
}
