import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { eventually } from './support/eventually';
import { untilWaiting, waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { faultsOf, Prometheus } from './support/prometheus';
import { rawCall } from './support/raw-call';
import { Scrape } from './support/scrape';
import { Service } from './support/service';
import { WebhookInbox } from './support/webhook-inbox';

const TOKEN = 'a-token-of-metrics';
const KEY = 'metrics-key-0123456789';
const ENVIRONMENT = {
  ...{ WORKER_CONCURRENCY: '1', API_KEYS: `loader:${KEY}`, METRICS_TOKEN: TOKEN, MAX_QUEUE_LENGTH: '7' },
  ...{ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', PYTHON_PRELOAD: 'numpy', BUILD_NUMBER: 'build 7' },
};
const CALL = { headers: { 'x-api-key': KEY } };
const ASYNC = { headers: { 'x-api-key': KEY, prefer: 'respond-async' } };

/** A row of the tables of docs/metrics.md. */
interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly isGlobal: boolean;
  readonly here: string;
}

function documented(file: string): DocumentedMetric[] {
  const text = readFileSync(resolve(__dirname, '../docs', file), 'utf8');
  const rows = text.matchAll(/^\| `([\w*]+)` \| ([\w, ]+) \| (.*?) \| (global|instance) \| (all|api|worker) \| /gm);
  return [...rows].map(([, name = '', type = '', labels = '', scope, here = '']) => ({
    ...{ name, type, here, isGlobal: scope === 'global' },
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
  }));
}

/** What an instance has of what the service has itself: what prom-client brings is documented as a family. */
function own(scrape: Scrape): string[] {
  return [...scrape.families.keys()].filter((name) => name.startsWith('pyexec_')).sort();
}

describe('GET /metrics', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start(ENVIRONMENT);
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  const scrape = (): Promise<Scrape> => Scrape.of(service, TOKEN);

  it('is for those who know the token', async () => {
    const unauthorized = { error: 'Unauthorized', stdout: '', exit_code: 401 };
    for (const authorization of [undefined, '', 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const response = await fetch(`${service.origin}/metrics`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toEqual(unauthorized);
    }
    const response = await fetch(`${service.origin}/metrics`, { headers: { authorization: `bearer ${TOKEN}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('takes no other method', async () => {
    const response = await fetch(`${service.origin}/metrics`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('counts from 0 what may come', async () => {
    const first = await scrape();
    expect(first.value('pyexec_jobs_finished_total', { key: 'loader', outcome: 'timed_out' })).toBe(0);
    expect(first.value('pyexec_requests_refused_total', { reason: 'queue_full' })).toBe(0);
    expect(first.value('pyexec_limits_hit_total', { limit: 'memory' })).toBe(0);
    expect(first.value('pyexec_webhook_tries_total', { result: 'refused' })).toBe(0);
    expect(first.value('pyexec_auth_failures_total', { reason: 'unknown_key' })).toBe(0);
    expect(first.value('pyexec_jail_losses_total', { cause: 'server_ended' })).toBe(0);
  });

  describe('after some work', () => {
    let inbox: WebhookInbox;
    let ended: Scrape;
    const jobIds: string[] = [];

    async function run(code: string, more: object = {}): Promise<void> {
      const { headers } = await service.call({ code, ...more }, CALL);
      jobIds.push(headers.get('x-job-id') ?? '');
    }

    beforeAll(async () => {
      inbox = await WebhookInbox.open();
      await run('return 1');
      await run('secret_name = 1 / 0');
      await run('import sys; sys.exit(3)');
      await run('import os; os.kill(os.getpid(), 11)');
      await run('while True: pass', { timeout: 1 });
      await run('print("x" * 3_000_000)');
      await run('import numpy\nreturn 1', { webhook_url: `${inbox.url}?secret=url` });
      await service.call({ code: '1' }, { headers: { 'x-api-key': 'wrong-key-wrong-key' } });
      await fetch(`${service.origin}/v1/jobs/${jobIds[0] ?? ''}`);
      await fetch(`${service.origin}/nowhere/${jobIds[0] ?? ''}`);
      await service.call('no JSON', CALL);
      (await rawCall(service, { code: waitingProgram('left'), timeout: 60 }, CALL.headers)).destroy();
      await eventually('the webhook and the hang-up are counted', async () => {
        ended = await scrape();
        const hungUp = ended.value('pyexec_http_request_duration_seconds_count', { status: '499' });
        const finished = ended.value('pyexec_jobs_finished_total', { outcome: 'cancelled' });
        return (
          ended.value('pyexec_webhook_deliveries_total', { outcome: 'delivered' }) === 1 &&
          // Read from Redis once a second.
          ended.value('pyexec_webhook_pending_deliveries') === 0 &&
          hungUp === 1 &&
          finished === 1
        );
      });
    }, 60_000);

    afterAll(async () => {
      await inbox[Symbol.asyncDispose]();
    });

    it('tells how jobs ended, each once', () => {
      const finished = (outcome: string): number | undefined =>
        ended.value('pyexec_jobs_finished_total', { key: 'loader', outcome });
      expect(
        ['returned', 'raised', 'exited', 'signalled', 'timed_out', 'over_limit', 'cancelled', 'lost'].map(finished),
      ).toEqual([2, 1, 1, 1, 1, 1, 1, 0]);
      expect(ended.value('pyexec_jobs_accepted_total', { key: 'loader', mode: 'sync' })).toBe(8);
      expect(ended.value('pyexec_limits_hit_total', { limit: 'time' })).toBe(1);
      expect(ended.value('pyexec_limits_hit_total', { limit: 'output' })).toBe(1);
    });

    it('tells how long they took', () => {
      expect(ended.value('pyexec_job_total_duration_seconds_count')).toBe(8);
      const runs = ended.value('pyexec_job_run_duration_seconds_count') ?? 0;
      // The caller that hung up may have done so before its program was started.
      expect([7, 8]).toContain(runs);
      expect(ended.value('pyexec_job_queue_duration_seconds_count')).toBe(runs);
      expect(ended.value('pyexec_job_run_duration_seconds_sum')).toBeGreaterThan(1);
      const atMost = (le: string): number | undefined => ended.value('pyexec_job_run_duration_seconds_bucket', { le });
      expect((atMost('300') ?? 0) - (atMost('0.5') ?? 0)).toBeGreaterThanOrEqual(1);
    });

    it('tells who was refused, and why', () => {
      const refused = (reason: string): number | undefined => ended.value('pyexec_requests_refused_total', { reason });
      expect(['invalid_request', 'not_found', 'internal'].map(refused)).toEqual([1, 1, 0]);
      expect(refused('unauthorized')).toBeGreaterThanOrEqual(2);
      expect(ended.value('pyexec_auth_failures_total', { reason: 'unknown_key' })).toBe(1);
      expect(ended.value('pyexec_auth_failures_total', { reason: 'no_key' })).toBe(1);
    });

    it('tells of requests by the pattern of their route', () => {
      const routes = ['/health/ready', '/metrics', '/v1/code/execute/python', '/v1/jobs/:jobId', 'unmatched'];
      expect(routes).toEqual(expect.arrayContaining(ended.values('route')));
      const requests = (labels: Record<string, string>): number | undefined =>
        ended.value('pyexec_http_request_duration_seconds_count', labels);
      expect(requests({ method: 'GET', route: 'unmatched', status: '404' })).toBe(1);
      expect(requests({ method: 'GET', route: '/v1/jobs/:jobId', status: '401' })).toBe(1);
      expect(requests({ method: 'POST', route: '/v1/code/execute/python', status: '200' })).toBe(2);
      expect(ended.value('pyexec_http_requests_in_flight')).toBe(1);
    });

    it('tells of webhooks', () => {
      expect(ended.value('pyexec_webhook_tries_total', { result: 'success' })).toBe(1);
      expect(ended.value('pyexec_webhook_delivery_age_seconds_count')).toBe(1);
      expect(ended.value('pyexec_webhook_pending_deliveries')).toBe(0);
      expect(ended.value('pyexec_webhook_oldest_pending_age_seconds')).toBe(0);
    });

    it('tells of slots and jails', () => {
      const slots = ['busy', 'free'].map((state) => ended.value('pyexec_slots', { state }));
      expect((slots[0] ?? 0) + (slots[1] ?? 0)).toBe(1);
      expect(ended.values('preload')).toEqual(['none', 'numpy', 'stdlib']);
      expect(ended.value('pyexec_jail_starts_total', { preload: 'numpy', result: 'ok' })).toBe(1);
      const starts = ended.value('pyexec_jail_starts_total', { result: 'ok' }) ?? 0;
      expect(ended.value('pyexec_jail_start_duration_seconds_count')).toBe(starts);
      const lost = ended.value('pyexec_jail_losses_total') ?? 0;
      expect(ended.value('pyexec_jails')).toBe(starts - lost);
    });

    it('tells of the service and its Redis', () => {
      const labels = { version: '1.0.0', build: 'build 7', role: 'all', node: process.versions.node };
      expect(ended.value('pyexec_build_info', labels)).toBe(1);
      expect(ended.values('python')).toEqual([expect.stringMatching(/^3\.\d+\.\d+$/)]);
      expect(ended.value('pyexec_ready')).toBe(1);
      expect(ended.value('pyexec_redis_up')).toBe(1);
      expect(ended.value('pyexec_redis_memory_used_bytes')).toBeGreaterThan(100_000);
      expect(ended.value('pyexec_redis_memory_max_bytes')).toBe(0);
      expect(ended.value('pyexec_instances', { role: 'all' })).toBe(1);
      expect(ended.value('pyexec_instances')).toBe(1);
      expect(ended.value('pyexec_queue_capacity_jobs')).toBe(7);
    });

    it('gives nothing away', () => {
      for (const secret of [...jobIds, KEY, TOKEN, 'secret', '127.0.0.1', 'wrong-key', 'nowhere']) {
        expect(ended.text).not.toContain(secret);
      }
    });

    it('is as Prometheus wants it', () => {
      expect(faultsOf(ended.text)).toBe('');
    });

    it.each(['metrics.md', 'metrics.es.md'])('has what docs/%s says', (file) => {
      const rows = documented(file);
      const families = ended.families;
      expect(own(ended)).toEqual(
        rows
          .map(({ name }) => name)
          .filter((name) => !name.includes('*'))
          .sort(),
      );
      for (const { name, type, labels, isGlobal } of rows.filter((row) => !row.name.includes('*'))) {
        const family = families.get(name);
        expect([name, family?.type, [...(family?.labels ?? [])].sort()]).toEqual([name, type, labels]);
        expect([name, family?.help.startsWith('Over all instances: ')]).toEqual([name, isGlobal]);
      }
      const others = [...families].filter(([name]) => !name.startsWith('pyexec_'));
      for (const [name, { type }] of others) {
        const row = rows.find((each) => each.name.endsWith('*') && name.startsWith(each.name.slice(0, -1)));
        expect([name, row?.type.split(', ').includes(type)]).toEqual([name, true]);
      }
    });
  });

  it('shows what waits, and how long the oldest has', async () => {
    const first = await service.call({ code: waitingProgram('first'), timeout: 60 }, ASYNC);
    const { job } = await untilWaiting(service, 'first');
    await service.call({ code: '1' }, ASYNC);
    await service.call({ code: '2' }, ASYNC);
    await eventually('both are seen to wait', async () => {
      const now = await scrape();
      const busy = now.value('pyexec_slots', { state: 'busy' });
      const seen = [now.value('pyexec_queue_waiting_jobs'), now.value('pyexec_queue_active_jobs'), busy];
      return seen.join() === '2,1,1' && (now.value('pyexec_queue_oldest_waiting_age_seconds') ?? 0) > 1;
    });
    expect((await scrape()).value('pyexec_queue_oldest_waiting_age_seconds')).toBeLessThan(30);
    expect((await scrape()).value('pyexec_jobs_accepted_total', { mode: 'async' })).toBe(3);
    expect(first.status).toBe(202);
    process.kill(job, 'SIGUSR1');
    await eventually('none waits', async () => {
      const now = await scrape();
      return now.value('pyexec_queue_waiting_jobs') === 0 && now.value('pyexec_queue_oldest_waiting_age_seconds') === 0;
    });
  });

  it('can be scraped by Prometheus', async () => {
    await using prometheus = await Prometheus.start(service.origin, TOKEN);
    await prometheus.untilIs('up', 1);
    await prometheus.untilIs('count(pyexec_build_info{role="all"})', 1);
    const before = Number((await prometheus.query('pyexec_jobs_finished_total{outcome="raised"}'))[0]?.value[1]);
    await service.call({ code: '1 / 0' }, CALL);
    await prometheus.untilIs('sum(pyexec_jobs_finished_total{outcome="raised"})', before + 1);
    await prometheus.untilIs('increase(pyexec_jobs_finished_total{outcome="raised"}[1m]) > bool 0', 1);
    await prometheus.untilIs('pyexec_redis_up', 1);
  });

  it('is not read by a Prometheus without the token', async () => {
    await using prometheus = await Prometheus.start(service.origin, null);
    await prometheus.untilIs('up', 0);
    expect(await prometheus.query('pyexec_redis_up')).toEqual([]);
  });
});

describe('GET /metrics on several instances', () => {
  it('has the metrics of each role, and counts instances and jobs over all', async () => {
    await using redis = await PrivateRedis.start();
    const shared = { REDIS_URL: redis.url, API_KEYS: `loader:${KEY}`, WORKER_CONCURRENCY: '1' };
    await using api = await Service.start({ ...shared, ROLE: 'api' });
    await using worker = await Service.start({ ...shared, ROLE: 'worker' });
    expect((await api.call({ code: 'return 1' }, CALL)).status).toBe(200);
    const [ofApi, ofWorker] = [await Scrape.of(api), await Scrape.of(worker)];
    for (const [scrape, role] of [
      [ofApi, 'api'],
      [ofWorker, 'worker'],
    ] as const) {
      const rows = documented('metrics.md').filter(
        ({ name, here }) => !name.includes('*') && ['all', role].includes(here),
      );
      expect(own(scrape)).toEqual(rows.map(({ name }) => name).sort());
      expect(faultsOf(scrape.text)).toBe('');
      expect(scrape.value('pyexec_instances', { role: 'api' })).toBe(1);
      expect(scrape.value('pyexec_instances', { role: 'worker' })).toBe(1);
      expect(scrape.value('pyexec_queue_waiting_jobs')).toBe(0);
    }
    expect(ofApi.value('pyexec_jobs_accepted_total')).toBe(1);
    expect(ofApi.value('pyexec_jobs_finished_total')).toBe(0);
    expect(ofWorker.value('pyexec_jobs_finished_total', { key: 'loader', outcome: 'returned' })).toBe(1);
    await worker.stop();
    await eventually('one is left', async () => (await Scrape.of(api)).value('pyexec_instances') === 1);
  });
});

describe('GET /metrics without Redis', () => {
  it.each(['is gone', 'hangs'])('answers soon when it %s, and says nothing that it does not know', async (what) => {
    await using redis = await PrivateRedis.start();
    await using service = await Service.start({ REDIS_URL: redis.url, WORKER_CONCURRENCY: '1' });
    expect((await Scrape.of(service)).value('pyexec_redis_up')).toBe(1);
    await (what === 'hangs' ? redis.freeze() : redis.takeAway());
    let scrape: Scrape | undefined;
    await eventually('Redis is known to be away', async () => {
      const startedAt = performance.now();
      scrape = await Scrape.of(service);
      expect(performance.now() - startedAt).toBeLessThan(1000);
      return scrape.value('pyexec_redis_up') === 0;
    });
    for (const { name } of documented('metrics.md').filter(({ isGlobal }) => isGlobal)) {
      expect([name, scrape?.value(name)]).toEqual([name, undefined]);
    }
    expect(scrape?.value('pyexec_queue_capacity_jobs')).toBe(1000);
    expect(faultsOf(scrape?.text ?? '')).toBe('');
    if (what === 'hangs') redis.thaw();
    else await redis.bringBack();
    await eventually('Redis is back', async () => (await Scrape.of(service)).value('pyexec_redis_up') === 1);
    expect((await Scrape.of(service)).value('pyexec_queue_waiting_jobs')).toBe(0);
  });
});
