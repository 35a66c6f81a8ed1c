/** Where a server listens. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Whether all connections are made by TLS. */
  readonly isSecure: boolean;
}

/** Servers of which the sentinels say which one is the master. */
interface SentinelAddress extends Credentials {
  readonly sentinels: readonly RedisHost[];
  readonly masterName: string;
  readonly sentinelPassword?: string;
  readonly database: number;
}

/** Some of the nodes of a cluster, which name the others. */
export interface ClusterAddress extends Credentials {
  readonly nodes: readonly RedisHost[];
}

/** Where Redis is: one server by a URL of redis:// or rediss://, or on a Unix socket; or several. */
export type RedisAddress =
  { readonly url: string } | { readonly socketPath: string } | SentinelAddress | ClusterAddress;

const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;
const SEVERAL =
  /^redis(s?)\+(sentinel|cluster):\/\/(?:([^@/?\s]*)@)?([^@/?\s]+)(?:\/([\w.-]+)(?:\/(\d{1,5}))?)?(?:\?sentinelPassword=([^&\s]+))?$/;

/**
 * The address that a `REDIS_URL` names: `redis://`, `rediss://` (TLS), `unix:///path`,
 * `redis+sentinel://user:password@host:port,host:port/master-name/database?sentinelPassword=…`, or
 * `redis+cluster://user:password@host:port,host:port`; the last two with `rediss+` by TLS. Undefined for anything else.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  try {
    return readAddress(text);
  } catch {
    // Percent-encoded bytes that are no UTF-8.
    return undefined;
  }
}

function readAddress(text: string): RedisAddress | undefined {
  if (/^unix:\/\/\/\S*$/.test(text) && URL.canParse(text))
    return { socketPath: decodeURIComponent(new URL(text).pathname) };
  if (/^rediss?:\/\/[^/\s]\S*$/.test(text) && URL.canParse(text)) return { url: text };
  const [, secure, kind, login, list = '', masterName, database = '0', sentinelPassword] = SEVERAL.exec(text) ?? [];
  const credentials = { ...readLogin(login), isSecure: secure === 's' };
  const hosts = list.split(',').map((host) => readHost(host, kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT));
  if (!hosts.every((host) => host !== undefined)) return undefined;
  if (kind === 'cluster' && masterName === undefined && sentinelPassword === undefined) {
    return { nodes: hosts, ...credentials };
  }
  if (kind !== 'sentinel' || masterName === undefined) return undefined;
  const secret = sentinelPassword === undefined ? {} : { sentinelPassword: decodeURIComponent(sentinelPassword) };
  return { sentinels: hosts, masterName, database: Number(database), ...credentials, ...secret };
}

function readHost(text: string, defaultPort: number): RedisHost | undefined {
  if (text === '' || !URL.canParse(`http://${text}/`)) return undefined;
  // Not of http: its default port would be left out.
  const { hostname, port } = new URL(`redis://${text}/`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
}

/** `user:password`, `:password` or `user`, percent-encoded. */
function readLogin(login = ''): { username?: string; password?: string } {
  const [username = '', ...rest] = login.split(':');
  const password = rest.join(':');
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}
