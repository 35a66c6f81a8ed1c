import { type RedisOptions } from 'ioredis';
import { type RedisAddress } from '../../config/redis-address';
import { clusterConnector } from './cluster.connector';

/** What ioredis needs to know to connect to an address: to its master, where there are several servers. */
export function connectionOptions(address: RedisAddress): RedisOptions {
  if ('socketPath' in address) return { path: address.socketPath };
  if ('nodes' in address) {
    const { username, password } = address;
    return { Connector: clusterConnector(address), ...withoutMissing({ username, password }) };
  }
  if (!('sentinels' in address)) return {};
  const { sentinels, masterName, database, isSecure, username, password, sentinelPassword } = address;
  return {
    ...{ sentinels: [...sentinels], name: masterName, db: database },
    ...(isSecure && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
    ...withoutMissing({ username, password, sentinelPassword }),
  };
}

function withoutMissing(options: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
