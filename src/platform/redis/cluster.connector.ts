import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import Redis, { AbstractConnector, type RedisOptions } from 'ioredis';
import { type ClusterAddress, type RedisHost } from '../../config/redis-address';
import { KEY_PREFIX } from './key-prefix';

/** Time that a node has to say who serves what. */
const ASK_TIMEOUT_MS = 1_000;

/** What `CLUSTER SLOTS` tells of a range of slots: first, last, its master, its replicas; of each host, port and id. */
type SlotRange = readonly [first: number, last: number, ...nodes: (readonly [host: string, port: number])[]];

/**
 * Connects to the node of a cluster that serves our keys, which are all in one slot: to whoever is its master at the time. So a
 * cluster is, to all that use a connection, one server that moves now and then; an answer costs what it costs with one server, and
 * who listens on a channel is known to the node that is asked.
 */
export function clusterConnector(address: ClusterAddress): NonNullable<RedisOptions['Connector']> {
  const { isSecure, nodes: seeds, ...credentials } = address;
  let known = seeds;

  /** Asks one node after another. @throws Error when none can say */
  async function findMaster(): Promise<RedisHost> {
    let reason: unknown;
    for (const host of known) {
      try {
        const { master, all } = await ask(host);
        known = [...all, ...seeds];
        return master;
      } catch (error) {
        reason = error;
      }
    }
    known = seeds;
    throw reason;
  }

  async function ask(host: RedisHost): Promise<{ master: RedisHost; all: RedisHost[] }> {
    const limits = { connectTimeout: ASK_TIMEOUT_MS, commandTimeout: ASK_TIMEOUT_MS, maxRetriesPerRequest: 0 };
    const node = new Redis({
      ...{ ...host, ...credentials, ...limits, enableReadyCheck: false, retryStrategy: () => null },
      ...(isSecure && { tls: {} }),
    });
    node.on('error', () => undefined);
    try {
      const slot = await node.cluster('KEYSLOT', KEY_PREFIX);
      const ranges = (await node.cluster('SLOTS')) as unknown as SlotRange[];
      // A node that does not know its own name leaves it out: it is the one that was asked.
      const hosts = ranges.map(([, , ...nodes]) => nodes.map(([name, port]) => ({ host: name || host.host, port })));
      const master = hosts[ranges.findIndex(([first, last]) => first <= slot && slot <= last)]?.[0];
      if (master === undefined) throw new Error('No node of the cluster serves the keys of this service');
      return { master, all: hosts.flat() };
    } finally {
      node.disconnect();
    }
  }

  return class ClusterConnector extends AbstractConnector {
    constructor({ disconnectTimeout }: { disconnectTimeout: number }) {
      super(disconnectTimeout);
    }

    override async connect(): ReturnType<AbstractConnector['connect']> {
      this.connecting = true;
      const master = await findMaster();
      if (!this.isWanted()) throw new Error('Connection is closed.');
      this.stream = isSecure ? connectTls(master) : connectTcp(master);
      return this.stream;
    }

    /** It may have been closed meanwhile. */
    private isWanted(): boolean {
      return this.connecting;
    }
  } as unknown as NonNullable<RedisOptions['Connector']>;
}
