import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DASHBOARD, dashboardQueries, metricsIn, type Panel } from './support/dashboard';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { Prometheus } from './support/prometheus';
import { Service } from './support/service';
import { WebhookInbox } from './support/webhook-inbox';

const KEY = 'a-key-of-a-team-of-its-own';
const TOKEN = 'what-prometheus-knows';
const DEPLOY = resolve(__dirname, '../deploy/prometheus');
/** Longer than the longest look back of a query, and so for each of them two scrapes that something happened between. */
const LOAD_TIMEOUT_MS = 60_000;

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly state: string;
}

/** The example of a configuration, for one service on another port that is looked at more often. */
function configurationFor(service: Service): string {
  const example = readFileSync(resolve(DEPLOY, 'prometheus.yml'), 'utf8');
  const changes: [string, string][] = [
    ['- rules.yml', `- ${resolve(DEPLOY, 'rules.yml')}`],
    ['localhost:8080', new URL(service.origin).host],
    ['scrape_interval: 15s', 'scrape_interval: 1s'],
    ['evaluation_interval: 15s', 'evaluation_interval: 1s'],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The example does not say ${from}`);
    return text.replace(from, to);
  }, example);
}

describe('the dashboard and the alerts, of a service that is used', () => {
  let redis: PrivateRedis;
  let service: Service;
  let inbox: WebhookInbox;
  let prometheus: Prometheus;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    await (await redis.connect()).commands.config('SET', 'maxmemory', '1gb');
    inbox = await WebhookInbox.open();
    service = await Service.start({
      ...{ REDIS_URL: redis.url, API_KEYS: `team:${KEY}`, METRICS_TOKEN: TOKEN },
      ...{ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', WORKER_CONCURRENCY: '2', SANDBOX_JOBS_PER_JAIL: '20' },
    });
    prometheus = await Prometheus.configured(configurationFor(service), { 'metrics-token': TOKEN });
  }, 60_000);

  afterAll(async () => {
    await prometheus[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
    await inbox[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  /** A little of all that the service does. */
  const use = async (): Promise<void> => {
    const headers = { 'x-api-key': KEY };
    const webhook = { webhook_url: inbox.url };
    await Promise.all([
      service.call({ code: 'return 1' }, { headers }),
      service.call({ code: 'import numpy\nraise SystemExit(3)' }, { headers }),
      service.call({ code: 'while True: print("x" * 9999)' }, { headers }),
      service.call({ code: 'return 2', ...webhook }, { headers: { ...headers, prefer: 'respond-async' } }),
      service.call({ code: 1 }, { headers }),
      service.call({ code: '' }, { headers: { 'x-api-key': 'a-key-that-nobody-knows' } }),
    ]);
  };

  const alertRules = async (): Promise<Rule[]> => {
    const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules);
  };

  /** How many series an expression has had in the last minutes that came to a number. */
  const seriesOf = async (expression: string): Promise<number> => {
    const endSeconds = Date.now() / 1000;
    const range = { start: `${endSeconds - 120}`, end: `${endSeconds}`, step: '1' };
    const { result } = await prometheus.ask<{ result: { values: [number, string][] }[] }>('query_range', {
      query: expression,
      ...range,
    });
    return result.filter(({ values }) => values.some(([, value]) => Number.isFinite(Number(value)))).length;
  };

  it(
    'has data for every query of every panel',
    async () => {
      let empty = dashboardQueries();
      expect(empty.length).toBeGreaterThan(40);
      await eventually(
        'each has data',
        async () => {
          await use();
          const counts = await Promise.all(empty.map(({ expression }) => seriesOf(expression)));
          empty = empty.filter((_, index) => counts[index] === 0);
          return empty.length === 0;
        },
        LOAD_TIMEOUT_MS,
      ).catch(() => undefined);
      expect(empty).toEqual([]);
    },
    LOAD_TIMEOUT_MS + 30_000,
  );

  it('asks only for metrics that there are', async () => {
    const names = await prometheus.ask<string[]>('label/__name__/values');
    const asked = dashboardQueries().flatMap(({ expression }) => metricsIn(expression));
    expect([...new Set(asked)].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has alerts that ask for metrics that there are, and are silent', async () => {
    let rules = await alertRules();
    // Some ask for what may be for a moment, and should not last: the last of the load may be such a moment.
    await eventually('what was for a moment is over', async () => {
      rules = await alertRules();
      return rules.every(({ state }) => state !== 'pending');
    });
    const names = await prometheus.ask<string[]>('label/__name__/values');
    const unknown = rules.flatMap(({ query }) => metricsIn(query)).filter((name) => !names.includes(name));
    expect(unknown).toEqual([]);
    expect(rules.map(({ name, health, state }) => [name, health, state])).toEqual(
      rules.map(({ name }) => [name, 'ok', 'inactive']),
    );
  });

  it('has the labels that the alerts look for', async () => {
    const selectors = (await alertRules()).flatMap(({ query }) => selectorsIn(query));
    expect(selectors.length).toBeGreaterThan(10);
    const counts = await Promise.all(selectors.map(async (selector) => [selector, await seriesOf(selector)]));
    expect(counts.filter(([, count]) => count === 0)).toEqual([]);
  });
});

/** Every metric of an expression with the labels that it must have; 5xx aside, which a healthy service has none of. */
function selectorsIn(expression: string): string[] {
  const selectors = expression.match(/\b(?:pyexec|process|nodejs)_\w+\{[^}]*\}/g) ?? [];
  return selectors.filter((selector) => !selector.includes('status=~"5..'));
}

describe('the dashboard', () => {
  const { panels, templating } = DASHBOARD;
  const charts = panels.filter(({ type }) => type !== 'row');

  it('takes any Prometheus, and lets one choose instance and key', () => {
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance', 'key']);
    const sources = charts.flatMap(({ datasource, targets = [] }) => [datasource, ...targets.map((t) => t.datasource)]);
    expect(new Set(sources.map((source) => source?.uid))).toEqual(new Set(['${datasource}']));
  });

  it('says what every panel shows', () => {
    expect(charts.filter(({ description = '' }) => !description.endsWith('.'))).toEqual([]);
  });

  it('has no panel upon another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const pairs = panels.flatMap((one, index) => panels.slice(index + 1).map((other) => [one, other] as const));
    expect(pairs.filter(([one, other]) => overlap(one, other))).toEqual([]);
  });
});

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const apart = one.x + one.w <= other.x || other.x + other.w <= one.x;
  return !apart && one.y < other.y + other.h && other.y < one.y + one.h;
}
