import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { stageMounts } from './mount.stage';

const same = (path: string): { source: string; target: string } => ({ source: path, target: path });
const isOpen = (path: string): boolean => !path.startsWith('/root/');

describe(stageMounts.name, () => {
  it('leaves open sources as they are, without a command before nsjail', () => {
    const mounts = [same('/usr/bin'), { source: '/a', target: '/b' }];
    expect(stageMounts(mounts, isOpen)).toEqual({ commandPrefix: [], mounts });
  });

  it('binds closed sources to numbered places, in order', () => {
    const { mounts } = stageMounts([same('/root/a'), same('/usr/bin'), { source: '/root/b', target: '/etc' }], isOpen);
    expect(mounts).toEqual([
      { source: '/mnt/0', target: '/root/a' },
      same('/usr/bin'),
      { source: '/mnt/1', target: '/etc' },
    ]);
  });

  it('covers no folder that a source lies in', () => {
    const { mounts } = stageMounts([same('/root/a'), same('/mnt/project')], isOpen);
    expect(mounts).toEqual([{ source: '/media/0', target: '/root/a' }, same('/mnt/project')]);
  });

  it('hands the shell paths as arguments, so that no character in them means anything', () => {
    const hostile = '/root/$(reboot) "; `x`';
    const { commandPrefix } = stageMounts([same(hostile)], isOpen);
    const script = commandPrefix.indexOf('-c') + 1;
    expect(commandPrefix.slice(0, 4)).toEqual(['unshare', '--mount', '--propagation', 'private']);
    expect(commandPrefix[script]).not.toContain('reboot');
    expect(commandPrefix.slice(script + 1)).toEqual(['sh', '/mnt', hostile, '--']);
  });

  describe('by itself', () => {
    it.each([
      ['open to all', 0o755, 0o755, true],
      ['closed', 0o700, 0o755, false],
      ['readable only', 0o744, 0o755, false],
      ['in a closed folder', 0o755, 0o700, false],
      ['in a folder that may be entered but not listed', 0o755, 0o711, true],
    ])('sees a source that is %s', (_what, mode, parentMode, expectedOpen) => {
      using directory = new TemporaryDirectory();
      const source = join(directory.path, 'source');
      mkdirSync(source);
      chmodSync(source, mode);
      chmodSync(directory.path, parentMode);
      expect(stageMounts([same(source)]).commandPrefix.length === 0).toBe(expectedOpen);
    });
  });
});
