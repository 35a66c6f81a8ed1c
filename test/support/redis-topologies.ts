import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Redis from 'ioredis';
import { makeCertificates } from './certificates';
import { eventually } from './eventually';
import { freePort, RedisProcess } from './redis-process';
import { TemporaryDirectory } from './temporary-directory';

const PASSWORD = 'p@ss:word/of%redis';
const SENTINEL_PASSWORD = 'of the sentinels';
const DURABLE = ['appendonly yes', 'maxmemory-policy noeviction'];
const HOST = '127.0.0.1';
const SLOTS = 16_384;
const FAILOVER_TIMEOUT_MS = 30_000;

/** One or more servers, and what a service has to be told of them. */
export interface RedisTopology extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** Ways for another server to become the master: in good order, and after that as the first is killed. Each resolves when it is. */
  readonly failOvers: readonly (() => Promise<void>)[];
}

class Topology implements RedisTopology {
  constructor(
    readonly environment: Readonly<Record<string, string>>,
    readonly failOvers: readonly (() => Promise<void>)[],
    private readonly resources: AsyncDisposableStack,
  ) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

/** One server that speaks TLS only, and knows one user, who may not configure it. */
export async function startSecure(): Promise<RedisTopology> {
  const resources = new AsyncDisposableStack();
  const directory = resources.adopt(new TemporaryDirectory(), (each) => {
    each[Symbol.dispose]();
  });
  const { authority, cert, key } = makeCertificates('DNS:localhost');
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory.path, name), content, { mode: 0o600 });
    return join(directory.path, name);
  };
  const port = await freePort();
  const ca = file('ca.pem', authority);
  const tls = [`tls-port ${port}`, `tls-ca-cert-file ${ca}`, 'tls-auth-clients no'];
  const certificate = [`tls-cert-file ${file('pem', cert)}`, `tls-key-file ${file('key', key)}`];
  const users = [
    'user default off',
    `user service on >${PASSWORD} ~{pyexec}:* &{pyexec}:* +@all -@admin -@dangerous +info`,
  ];
  resources.use(await RedisProcess.start(port, ['port 0', ...tls, ...certificate, ...users, ...DURABLE]));
  const url = `rediss://service:${encodeURIComponent(PASSWORD)}@localhost:${port}/0`;
  return new Topology({ REDIS_URL: url, NODE_EXTRA_CA_CERTS: ca }, [], resources);
}

/** A master, a replica, and a sentinel that has the one take the other's place. */
export async function startSentinel(): Promise<RedisTopology> {
  const resources = new AsyncDisposableStack();
  const [port, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()];
  const login = [`requirepass ${PASSWORD}`, `masterauth ${PASSWORD}`, 'repl-diskless-sync-delay 0', ...DURABLE];
  resources.use(await RedisProcess.start(port, [`port ${port}`, ...login]));
  const replicaOf = [`port ${replicaPort}`, `replicaof ${HOST} ${port}`];
  const replica = resources.use(await RedisProcess.start(replicaPort, [...replicaOf, ...login]));
  const watched = [`sentinel monitor main ${HOST} ${port} 1`, `sentinel auth-pass main ${PASSWORD}`];
  const hasty = ['sentinel down-after-milliseconds main 1000', 'sentinel failover-timeout main 1000'];
  const secret = [`requirepass "${SENTINEL_PASSWORD}"`];
  const lines = [`port ${sentinelPort}`, ...watched, ...hasty, ...secret];
  resources.use(await RedisProcess.start(sentinelPort, lines, ['--sentinel']));
  const sentinel = clientOf(resources, sentinelPort, SENTINEL_PASSWORD);
  const masterPort = async (): Promise<string | undefined> =>
    ((await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')) as string[])[1];
  const isFollowed = async (): Promise<boolean> =>
    ((await sentinel.call('SENTINEL', 'REPLICAS', 'main')) as string[][]).some(
      (each) => each[each.indexOf('master-link-status') + 1] === 'ok',
    );
  await eventually('the sentinel knows the replica', isFollowed, FAILOVER_TIMEOUT_MS);
  const url = `redis+sentinel://:${encodeURIComponent(PASSWORD)}@${HOST}:1,${HOST}:${sentinelPort}/main/0?sentinelPassword=${encodeURIComponent(SENTINEL_PASSWORD)}`;
  const untilMaster = async (expected: number): Promise<void> =>
    eventually('it is the master', async () => (await masterPort()) === `${expected}`, FAILOVER_TIMEOUT_MS);
  const switchOver = async (): Promise<void> => {
    await sentinel.call('SENTINEL', 'FAILOVER', 'main');
    await untilMaster(replicaPort);
    await eventually('the other follows it', isFollowed, FAILOVER_TIMEOUT_MS);
  };
  const failOver = async (): Promise<void> => {
    await replica.kill();
    await untilMaster(port);
  };
  return new Topology({ REDIS_URL: url }, [switchOver, failOver], resources);
}

/** Three masters, and a replica of the one that has the service's keys. */
export async function startCluster(): Promise<RedisTopology> {
  const resources = new AsyncDisposableStack();
  const start = async (): Promise<RedisProcess> => {
    const [port, busPort] = [await freePort(), await freePort()];
    const cluster = ['cluster-enabled yes', `cluster-port ${busPort}`, 'cluster-node-timeout 1500'];
    const lines = [`port ${port}`, `requirepass ${PASSWORD}`, `masterauth ${PASSWORD}`, 'repl-diskless-sync-delay 0'];
    const server = resources.use(await RedisProcess.start(port, [...lines, ...cluster, ...DURABLE]));
    buses.set(server, busPort);
    return server;
  };
  const buses = new Map<RedisProcess, number>();
  const servers = [await start(), await start(), await start(), await start()] as const;
  const clients = servers.map(({ port }) => clientOf(resources, port, PASSWORD));
  const [first, , , replica] = clients as [Redis, Redis, Redis, Redis];
  for (const server of servers.slice(1)) await first.call('CLUSTER', 'MEET', HOST, server.port, buses.get(server)!);
  const share = Math.ceil(SLOTS / 3);
  for (const [index, client] of clients.slice(0, 3).entries()) {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1);
  }
  const isHealthy = async (client: Redis): Promise<boolean> =>
    (await client.cluster('INFO')).includes('cluster_state:ok') && (await client.cluster('INFO')).includes('nodes:4');
  const untilHealthy = async (): Promise<void> =>
    eventually(
      'the cluster is up',
      async () => (await Promise.all(clients.map(isHealthy))).every(Boolean),
      FAILOVER_TIMEOUT_MS,
    );
  await untilHealthy();
  const owner = Math.floor((await first.cluster('KEYSLOT', '{pyexec}')) / share);
  await replica.call('CLUSTER', 'REPLICATE', await clients[owner]!.cluster('MYID'));
  await eventually('the replica has caught up', async () => isFollower(replica), FAILOVER_TIMEOUT_MS);
  // Of those that are named, the service's keys are on none.
  const named = servers.slice(0, 3).filter((_server, index) => index !== owner);
  const url = `redis+cluster://:${encodeURIComponent(PASSWORD)}@${named.map(({ port }) => `${HOST}:${port}`).join(',')}`;
  const untilMaster = async (client: Redis): Promise<void> =>
    eventually(
      'it is a master',
      async () => (await client.info('replication')).includes('role:master'),
      FAILOVER_TIMEOUT_MS,
    );
  const switchOver = async (): Promise<void> => {
    await replica.call('CLUSTER', 'FAILOVER');
    await untilMaster(replica);
    await eventually('the other follows it', async () => isFollower(clients[owner]!), FAILOVER_TIMEOUT_MS);
  };
  const failOver = async (): Promise<void> => {
    await servers[3].kill();
    await untilMaster(clients[owner]!);
  };
  return new Topology({ REDIS_URL: url }, [switchOver, failOver], resources);
}

async function isFollower(client: Redis): Promise<boolean> {
  return (await client.info('replication')).includes('master_link_status:up');
}

function clientOf(resources: AsyncDisposableStack, port: number, password: string): Redis {
  const client = new Redis({ host: HOST, port, password });
  client.on('error', () => undefined);
  return resources.adopt(client, (each) => {
    each.disconnect();
  });
}
