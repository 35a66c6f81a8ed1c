import { type Redis } from 'ioredis';

/**
 * What speaks against the settings of a Redis that is to keep jobs: one sentence for each. What it does not tell, as managed
 * services do, is taken to be well. @throws Error with Redis away
 */
export async function adviceFor(redis: Redis): Promise<string[]> {
  const told = `${await redis.info('memory')}\n${await redis.info('persistence')}`;
  const valueOf = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(told)?.[1];
  const policy = valueOf('maxmemory_policy') ?? 'noeviction';
  const savesNothing = valueOf('aof_enabled') === '0' && (await savePoints(redis)) === '';
  return [
    ...(policy === 'noeviction'
      ? []
      : [`Redis has maxmemory-policy ${policy}: when it is full it may drop jobs; set noeviction`]),
    ...(savesNothing ? ['Redis keeps nothing on disk: what it was told is lost when it ends; set appendonly yes'] : []),
  ];
}

/** The setting `save`; null where it may not be read. */
async function savePoints(redis: Redis): Promise<string | null> {
  try {
    const [, points = null] = (await redis.config('GET', 'save')) as string[];
    return points;
  } catch {
    return null;
  }
}
