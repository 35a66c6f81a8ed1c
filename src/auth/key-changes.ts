import { type FiledKey } from '../config/key-file.format';

/** Most names that one line of the log has of a kind. */
const MAX_NAMES = 50;

/** Names of the keys that differ between two versions of a file, and how many there are in all. */
export interface KeyChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly addedNames: readonly string[];
  readonly removedNames: readonly string[];
  readonly changedNames: readonly string[];
}

/** What has become of keys, told apart by their names. */
export function compareKeys(before: readonly FiledKey[], after: readonly FiledKey[]): KeyChanges {
  const old = byName(before);
  const current = byName(after);
  const added = [...current.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !current.has(name));
  const changed = [...current].filter(([name, text]) => old.has(name) && old.get(name) !== text).map(([name]) => name);
  return {
    added: added.length,
    removed: removed.length,
    changed: changed.length,
    addedNames: added.slice(0, MAX_NAMES),
    removedNames: removed.slice(0, MAX_NAMES),
    changedNames: changed.slice(0, MAX_NAMES),
  };
}

function byName(keys: readonly FiledKey[]): Map<string, string> {
  // The order in which members are written says nothing.
  return new Map(
    keys.map((key) => [key.name, JSON.stringify(Object.entries(key).sort(([a], [b]) => a.localeCompare(b)))]),
  );
}
