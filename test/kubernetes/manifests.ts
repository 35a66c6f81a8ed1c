import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const FOLDER = resolve(__dirname, '../../deploy/kubernetes');

interface Container {
  readonly image: string;
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
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
    readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
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
/** Where they are. */
export const paths = files.map((file) => join(FOLDER, file));
/** All that the kustomization lists, in its order. */
export const resources = files.flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Resource),
);

/** The one of a kind and name. */
export function find(kind: string, name: string): Resource {
  const found = resources.filter((each) => each.kind === kind && each.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** The pods of a Deployment. */
export const podOf = (name: string): Pod => find('Deployment', name).spec!.template!;
export const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
export const DEPLOYMENTS = ['pyexec-api', 'pyexec-worker'];
