/** Prefix of all keys in Redis. */
export const KEY_PREFIX = 'pyexec';
