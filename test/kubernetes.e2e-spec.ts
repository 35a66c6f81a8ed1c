import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseSettings } from '../src/config/settings.loader';
import { DEPLOYMENTS, PROBES, find, paths, podOf, resources } from './kubernetes/manifests';

const VALIDATE = resolve(__dirname, '../python-runtime/.venv-dev/bin/kubernetes-validate');
/** The first with all that the manifests name, and the last that the validator knows. */
const VERSIONS = ['1.33', '1.37'];

describe('the manifests for Kubernetes', () => {
  it.each(VERSIONS)('are such as version %s knows, to the last member', async (version) => {
    const { stdout, stderr } = await promisify(execFile)(VALIDATE, ['--strict', '-k', version, ...paths]);
    const lines = `${stdout}${stderr}`.trim().split('\n');
    const unknown = lines.filter((line) => !line.startsWith('INFO'));
    expect(unknown).toEqual([expect.stringContaining('kind ScaledObject')]);
    expect(lines).toHaveLength(resources.length);
  });

  it('have workers scaled as KEDA knows it, by metrics that there are', () => {
    const scaled = find('ScaledObject', 'pyexec-worker');
    const program = resolve(__dirname, 'kubernetes/validate-scaled-object.mjs');
    const { status, stderr } = spawnSync(process.execPath, [program], {
      input: JSON.stringify(scaled),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const { triggers, scaleTargetRef } = scaled.spec as unknown as {
      triggers: [{ metadata: Readonly<Record<'query' | 'threshold' | 'ignoreNullValues', string>> }];
      scaleTargetRef: { name: string };
    };
    const { query, threshold, ignoreNullValues } = triggers[0].metadata;
    // Gauges have no value while Redis is away: no value must not mean none waiting.
    expect(ignoreNullValues).toBe('false');
    const documented = readFileSync(resolve(__dirname, '../docs/metrics.md'), 'utf8');
    const names = query.match(/pyexec_\w+/g)!;
    for (const name of names) expect(documented).toContain(`| \`${name}\` | gauge |`);
    const { env } = podOf(scaleTargetRef.name).spec.containers[0];
    expect(env).toContainEqual({ name: 'WORKER_CONCURRENCY', value: threshold });
  });

  it.each(DEPLOYMENTS)('%s: set what the service knows, and nothing that it refuses', (name) => {
    const { env } = podOf(name).spec.containers[0];
    const { data } = find('ConfigMap', 'pyexec');
    const plain = env.flatMap(({ name: variable, value }) => (value === undefined ? [] : [[variable, value]]));
    const secret = env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name: variable }) => variable);
    const samples = {
      REDIS_URL: 'redis://redis.example',
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    };
    expect(Object.keys(samples)).toEqual(expect.arrayContaining(secret));
    const settings = { ...data, ...(Object.fromEntries(plain) as Record<string, string>) };
    expect(() => parseSettings({ ...settings, ...samples })).not.toThrow();
    const readme = readFileSync(resolve(__dirname, '../README.md'), 'utf8');
    for (const variable of [...Object.keys(settings), ...secret]) expect(readme).toContain(`\`${variable}\``);
  });

  it.each(DEPLOYMENTS)('%s: give a pod time to end, and mount what is there', (name) => {
    const { spec } = podOf(name);
    const { data } = find('ConfigMap', 'pyexec');
    const [{ volumeMounts, lifecycle }] = spec.containers;
    const ending = (lifecycle?.preStop.sleep.seconds ?? 0) + Number(data!.SHUTDOWN_GRACE_SECONDS) + 20;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(ending);
    const mounted = volumeMounts.map((mount) => mount.name);
    expect(mounted.sort()).toEqual(spec.volumes.map((volume) => volume.name).sort());
  });

  it.each(DEPLOYMENTS)('%s: take settings and secrets that there are, or that the reader is told to make', (name) => {
    const { containers, volumes } = podOf(name).spec;
    for (const { configMapRef } of containers[0].envFrom) find('ConfigMap', configMapRef.name);
    const keys = containers[0].env.flatMap(({ valueFrom }) =>
      valueFrom === undefined ? [] : [valueFrom.secretKeyRef],
    );
    const files = volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName]));
    for (const language of ['', '.es']) {
      const commands = readFileSync(resolve(__dirname, `../docs/kubernetes${language}.md`), 'utf8').replace(
        /\\\n/g,
        ' ',
      );
      const made = (secret: string): string =>
        new RegExp(`^kubectl -n pyexec create secret generic ${secret} .*$`, 'm').exec(commands)?.[0] ?? '';
      for (const { name: secret, key } of keys) expect(made(secret)).toContain(`--from-file=${key}=`);
      for (const secret of files) expect(made(secret)).toContain('--from-file=keys.json');
      // Arguments are for everybody on the machine to read.
      expect(commands).not.toContain('--from-literal');
    }
  });

  it.each(DEPLOYMENTS)('%s: are asked for their health where they tell it', (name) => {
    const container = podOf(name).spec.containers[0] as unknown as Readonly<
      Record<(typeof PROBES)[number], { httpGet: { path: string; port: string } }>
    >;
    const readme = readFileSync(resolve(__dirname, '../README.md'), 'utf8');
    for (const probe of PROBES) {
      const { path, port } = container[probe].httpGet;
      expect(readme).toContain(`| \`GET ${path}\` |`);
      expect(port).toBe('http');
    }
  });

  it('scale a Deployment that there is', () => {
    const scalers = resources.filter(({ kind }) => ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind));
    const targets = scalers.map(({ spec }) => (spec!.scaleTargetRef as { name: string }).name);
    expect(targets.sort()).toEqual(DEPLOYMENTS);
  });

  it('choose pods by labels that they have, and ports by names that they have', () => {
    const choosers = resources.flatMap(({ kind, spec }) => {
      const { selector, podSelector } = (spec ?? {}) as Readonly<Record<string, { matchLabels?: object } | undefined>>;
      return kind === 'Service' ? [selector] : [selector?.matchLabels, podSelector?.matchLabels].filter(Boolean);
    });
    expect(choosers).toHaveLength(7);
    const labels = DEPLOYMENTS.map((name) => podOf(name).metadata.labels);
    for (const chooser of choosers) {
      expect(
        labels.filter((each) => Object.entries(chooser!).every(([key, value]) => each[key] === value)),
      ).toHaveLength(1);
    }
    for (const name of DEPLOYMENTS) {
      expect(podOf(name).spec.containers[0].ports).toEqual([{ name: 'http', containerPort: 8080 }]);
    }
  });

  it('give workers the two capabilities that jails need, and an api none', () => {
    const [api, worker] = DEPLOYMENTS.map((name) => podOf(name).spec);
    const least = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
    expect(api!.containers[0].securityContext).toEqual({ ...least, capabilities: { drop: ['ALL'] } });
    expect(worker!.containers[0].securityContext).toMatchObject({
      ...least,
      procMount: 'Unmasked',
      capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID'] },
    });
    // Without it, Kubernetes refuses procMount.
    expect([api!.hostUsers, worker!.hostUsers]).toEqual([false, false]);
  });
});
