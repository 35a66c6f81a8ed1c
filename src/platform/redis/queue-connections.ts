import { type Redis } from 'ioredis';
import { KEY_PREFIX } from './key-prefix';
import { type RedisConnections } from './redis-connections';

/** What Bull needs to know of this process's connections. */
export interface QueueConnections {
  readonly prefix: string;
  createClient(type: 'client' | 'subscriber' | 'bclient'): Redis;
}

/** Lets a queue of Bull's share this process's connections, which whoever opened them closes. Only blocking ones are new. */
export function queueConnections(connections: RedisConnections): QueueConnections {
  return {
    prefix: KEY_PREFIX,
    createClient: (type) => {
      if (type === 'client') return connections.commands;
      return type === 'subscriber' ? connections.subscriber : connections.openPatient();
    },
  };
}
