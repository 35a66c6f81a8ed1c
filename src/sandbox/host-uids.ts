/** The first of the host’s user ids for jails: where systemd’s table of ids has no use for any (UIDS-GIDS.md). */
const FIRST_HOST_UID = 1_900_000_000;
/** More than jails ever need, two for each; and far enough from `nobody`, which is next to the end of most ranges. */
const RESERVED_UIDS = 8_192;

/**
 * The first user id for jails, of those that there are here: all, or in a user namespace those that it was given (a container
 * with `hostUsers: false` or a rootless one has 65536 as a rule), the last of them.
 * @param uidMap `/proc/self/uid_map`, see user_namespaces(7)
 */
export function firstJailUid(uidMap: string): number {
  const ranges = uidMap
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [first: number, outside: number, count: number]);
  if (ranges.some(([first, , count]) => first <= FIRST_HOST_UID && FIRST_HOST_UID + RESERVED_UIDS <= first + count)) {
    return FIRST_HOST_UID;
  }
  const [first, , count] = ranges.reduce((largest, range) => (range[2] > largest[2] ? range : largest));
  return first + Math.max(0, count - RESERVED_UIDS);
}
