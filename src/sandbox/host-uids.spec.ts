import { readFileSync } from 'node:fs';
import { firstJailUid } from './host-uids';

describe(firstJailUid.name, () => {
  it.each([
    ['all ids', '         0          0 4294967295\n', 1_900_000_000],
    ['those of a container', '0 1000000 65536\n', 57_344],
    ['those of a rootless one', '         0       1000          1\n         1     100000      65536\n', 57_345],
    ['hardly any', '0 1000 1\n', 0],
  ])('is within the range of %s', (_what, uidMap, first) => {
    expect(firstJailUid(uidMap)).toBe(first);
  });

  it('is one that this machine has', () => {
    const [, , count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
    expect(firstJailUid(readFileSync('/proc/self/uid_map', 'utf8'))).toBeLessThan(count!);
  });
});
