import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TemporaryDirectory } from './support/temporary-directory';

const ROOT = resolve(__dirname, '..');
const FOLDER = join(ROOT, 'deploy/prometheus');

/** Names, severities and places to read on, in the order of the file. */
function alertRules(): { name: string; severity: string; runbook: string }[] {
  const rules = read('deploy/prometheus/rules.yml').split('- alert: ').slice(1);
  return rules.map((text) => ({
    name: /^\w+/.exec(text)?.[0] ?? '',
    severity: /severity: (\w+)/.exec(text)?.[1] ?? '',
    runbook: /runbook_url: (\S+)/.exec(text)?.[1] ?? '',
  }));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** What promtool says; its exit code and complaint are thrown. */
function promtool(...words: string[]): string {
  return execFileSync('promtool', words, { cwd: FOLDER, encoding: 'utf8', stdio: 'pipe' });
}

describe('deploy/prometheus', () => {
  it('has rules that fire when they should, and only then', () => {
    expect(promtool('test', 'rules', 'rules.test.yml')).toMatch(/SUCCESS/);
  });

  it('has rules that Prometheus takes, without a lint', () => {
    const rules = alertRules();
    expect(promtool('check', 'rules', '--lint-fatal', 'rules.yml')).toContain(`${rules.length} rules found`);
  });

  it('has an example of a configuration that Prometheus takes', () => {
    using directory = new TemporaryDirectory();
    for (const file of ['prometheus.yml', 'rules.yml']) copyFileSync(join(FOLDER, file), join(directory.path, file));
    writeFileSync(join(directory.path, 'metrics-token'), 'token');
    expect(promtool('check', 'config', join(directory.path, 'prometheus.yml'))).toMatch(/SUCCESS/);
  });

  it('has a scenario in which it fires, for every alert', () => {
    const fired = read('deploy/prometheus/rules.test.yml').matchAll(/alertname="(\w+)"/g);
    const names = alertRules().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect([...new Set([...fired].map(([, name]) => name))].sort()).toEqual([...names].sort());
  });
});

describe('the documents about alerts', () => {
  const rules = alertRules();

  it('are where the alerts say', () => {
    const anchors = rules.map(({ name }) => `docs/runbook.md#${name.toLowerCase()}`);
    expect(rules.map(({ runbook }) => runbook)).toEqual(anchors);
  });

  it.each(['docs/runbook.md', 'docs/runbook.es.md'])('have a section for each, in order: %s', (file) => {
    const headings = [...read(file).matchAll(/^## (Pyexec\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(rules.map(({ name }) => name));
  });

  it.each([
    ['docs/monitoring.md', 'runbook.md'],
    ['docs/monitoring.es.md', 'runbook.es.md'],
  ])('have a table of all, with their severity: %s', (file, runbook) => {
    const rows = read(file).match(/^\| \[Pyexec\w+\]\(\S+\) \| \w+ \|/gm);
    expect(rows).toEqual(
      rules.map(({ name, severity }) => `| [${name}](${runbook}#${name.toLowerCase()}) | ${severity} |`),
    );
  });
});
