import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type ApiKey, apiKeys } from './api-key.format';
import { networks } from './network.format';
import { origins } from './origin.format';
import { BUILD_VERSION, PROJECT_ROOT } from './project';
import { Setting } from './setting.decorator';
import { type RedisAddress } from './redis-address';
import {
  decimal,
  flag,
  httpUrl,
  integer,
  line,
  moduleSets,
  oneOf,
  path,
  redisAddress,
  secret,
} from './setting-formats';
import { type WebhookSecret, webhookSecrets } from './webhook-secret.format';

export type Role = 'api' | 'worker' | 'all';

/**
 * Everything an operator can set, parsed and validated; also the token to inject it by. The property `maxBodyBytes` is
 * set by the environment variable `MAX_BODY_BYTES`, and so on.
 */
export class Settings {
  /** TCP port to listen on; 0 takes any free one. */
  @Setting(integer(0, 65_535)) readonly port: number = 8080;
  @Setting(line) readonly host: string = '0.0.0.0';
  /** Which half of the service this process is. */
  @Setting(oneOf(['api', 'worker', 'all'])) readonly role: Role = 'all';
  /** Who may call; null means one generated key. */
  @Setting(apiKeys) readonly apiKeys: readonly ApiKey[] | null = null;
  /** A file of keys and what each may do, beside those of `API_KEYS`; null: `keys.json` of `DATA_DIR`, if there is one. */
  @Setting(path) readonly apiKeysFile: string | null = null;
  /** The Redis to use; null means one of the service's own. */
  @Setting(redisAddress) readonly redisUrl: RedisAddress | null = null;
  /** Where the service keeps what must outlive it. */
  @Setting(path) readonly dataDir: string = resolve('.data');

  /** Jobs this process runs at once. */
  @Setting(integer(1, 1024)) readonly workerConcurrency: number = availableParallelism();
  /** Jobs that may wait, over all instances. */
  @Setting(integer(1, 1_000_000)) readonly maxQueueLength: number = 1000;
  /** Programs a key may send in a minute, over all instances, unless it has a limit of its own; 0: any number. */
  @Setting(integer(0, 1_000_000)) readonly rateLimitPerMinute: number = 0;
  /** Jobs of one key that may wait, over all instances, unless it has a limit of its own; 0: any number. */
  @Setting(integer(0, 1_000_000)) readonly maxQueuedPerKey: number = 0;
  /** Largest request body, decompressed. */
  @Setting(integer(1, 256 * 1024 * 1024)) readonly maxBodyBytes: number = 1024 * 1024;
  /** Proxies whose `X-Forwarded-For` is believed. */
  @Setting(networks) readonly trustedProxies: readonly string[] = [];
  /** Origins whose pages may call from a browser; `*` is any. */
  @Setting(origins) readonly corsAllowedOrigins: readonly string[] = [];

  /** Memory of one job, in MiB. */
  @Setting(integer(16, 1024 * 1024)) readonly sandboxMemoryMb: number = 256;
  /** Processes and threads of one job. */
  @Setting(integer(1, 32_768)) readonly sandboxPids: number = 64;
  /** Space in `/tmp` of one job, in MiB. */
  @Setting(integer(1, 1024 * 1024)) readonly sandboxTmpMb: number = 64;
  /** Stdout, stderr and result of one job, each by itself, in KiB. */
  @Setting(integer(1, 256 * 1024)) readonly sandboxOutputKb: number = 1024;
  /** CPUs one job may keep busy. */
  @Setting(decimal(0.01, 1024)) readonly sandboxCpus: number = 1;
  /** Whether the service refuses to start where no control group can be used. */
  @Setting(flag) readonly requireCgroup: boolean = false;
  /** Jobs a jail runs before it is replaced. */
  @Setting(integer(1, 1_000_000_000)) readonly sandboxJobsPerJail: number = 1000;

  /** The Python that programs run in. */
  @Setting(path) readonly pythonBin: string = resolve(PROJECT_ROOT, 'python-runtime/.venv/bin/python3');
  /** Sets of modules that programs find already imported. */
  @Setting(moduleSets) readonly pythonPreload: readonly (readonly string[])[] = [['numpy'], ['numpy', 'pandas']];

  /** What webhooks are signed with; where none is for all keys, one is generated. */
  @Setting(webhookSecrets) readonly webhookSecret: readonly WebhookSecret[] = [];
  /** Networks that webhooks may be delivered to although their addresses are not public. */
  @Setting(networks) readonly webhookAllowedNetworks: readonly string[] = [];

  /** How long a finished job is kept. */
  @Setting(integer(1, 366 * 24 * 3600)) readonly jobRetentionSeconds: number = 3600;
  /** How long running jobs may go on once the service has been told to stop. */
  @Setting(integer(0, 3600)) readonly shutdownGraceSeconds: number = 30;
  @Setting(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])) readonly logLevel: string = 'info';
  /** Names what is running, in every answer. */
  @Setting(line) readonly buildNumber: string = BUILD_VERSION;

  /** What whoever reads the metrics has to know; null: anyone may. */
  @Setting(secret) readonly metricsToken: string | null = null;
  /** What whoever looks at the queues has to know; null: nobody may. */
  @Setting(secret) readonly adminPassword: string | null = null;
  /** Whether whoever looks at the queues sees programs, output and where webhooks go. */
  @Setting(flag) readonly adminShowJobData: boolean = false;
  /** Where traces are sent; null: none are made. */
  @Setting(httpUrl) readonly otelExporterOtlpEndpoint: string | null = null;
}
