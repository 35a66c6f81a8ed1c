import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(__dirname, '../../deploy/grafana/dashboards/pyexec.json');

/** What is looked at of a panel. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Variable {
  readonly name: string;
  readonly query: string | { readonly query: string };
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

/** What Grafana puts in place of the dashboard's variables when everything is chosen. */
const CHOSEN: Readonly<Record<string, string>> = {
  $__rate_interval: '30s',
  $__range: '5m',
  $instance: '.*',
  $key: '.*',
  $job: 'pyexec',
};

export const DASHBOARD = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;

/** A query as Grafana sends it. */
function withVariables(expression: string): string {
  return expression.replace(/\$\w+/g, (name) => CHOSEN[name] ?? name);
}

/** All queries, each with the title of its panel. */
export function dashboardQueries(): { title: string; expression: string }[] {
  return DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expression: withVariables(expr) })),
  );
}

/** The names of the metrics that an expression is about. */
export function metricsIn(expression: string): string[] {
  return expression.match(/\b(?:pyexec|process|nodejs)_\w+/g) ?? [];
}
