/**
 * Prefix of all keys and channels in Redis. What stands in braces decides a key's slot in a cluster (Redis cluster specification,
 * "Hash tags"): all are in the same one, as scripts change several at once.
 */
export const KEY_PREFIX = '{pyexec}';
