import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { parseSettings } from '../src/config/settings.loader';

const FOLDER = resolve(__dirname, '../deploy/kubernetes');
const VALIDATE = resolve(__dirname, '../python-runtime/.venv-dev/bin/kubernetes-validate');
/** The first with all that the manifests name, and the last that the validator knows. */
const VERSIONS = ['1.33', '1.37'];

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string }[];
}

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly hostUsers: boolean;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly [Container];
    readonly volumes: readonly { readonly name: string }[];
  };
}

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>> & { readonly template?: Pod };
}

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const { resources: files } = parse(read('kustomization.yaml')) as { resources: string[] };
const resources = files.flatMap((file) => parseAllDocuments(read(file)).map((document) => document.toJS() as Resource));

/** The one of a kind and name. */
function find(kind: string, name: string): Resource {
  const found = resources.filter((each) => each.kind === kind && each.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const podOf = (name: string): Pod => find('Deployment', name).spec!.template!;
const DEPLOYMENTS = ['pyexec-api', 'pyexec-worker'];

describe('the manifests for Kubernetes', () => {
  it.each(VERSIONS)('are such as version %s knows, to the last member', async (version) => {
    const paths = files.map((file) => join(FOLDER, file));
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
      triggers: [{ metadata: { query: string; threshold: string } }];
      scaleTargetRef: { name: string };
    };
    const { query, threshold } = triggers[0].metadata;
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
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(data!.SHUTDOWN_GRACE_SECONDS) + 20);
    const mounted = spec.containers[0].volumeMounts.map((mount) => mount.name);
    expect(mounted.sort()).toEqual(spec.volumes.map((volume) => volume.name).sort());
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
