import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { plainMounts, stageMounts } from './mount.stage';

const same = (path: string): { source: string; target: string } => ({ source: path, target: path });

describe(stageMounts.name, () => {
  it('gives sources numbered places, in order', () => {
    const { mounts, deviceFolder } = stageMounts([same('/root/a'), { source: '/root/b', target: '/etc' }]);
    expect(mounts).toEqual([
      { source: '/mnt/0', target: '/root/a' },
      { source: '/mnt/1', target: '/etc' },
    ]);
    expect(deviceFolder).toBe('/mnt/dev');
  });

  it('covers no folder that a source lies in', () => {
    const { mounts } = stageMounts([same('/usr/bin'), same('/mnt/project')]);
    expect(mounts.map(({ source }) => source)).toEqual(['/media/0', '/media/1']);
  });

  it('hands the shell paths as arguments, so that no character in them means anything', () => {
    const hostile = '/root/$(reboot) "; `x`';
    const { commandPrefix } = stageMounts([same(hostile)]);
    const script = commandPrefix.indexOf('-c') + 1;
    expect(commandPrefix.slice(0, 4)).toEqual(['unshare', '--mount', '--propagation', 'private']);
    expect(commandPrefix[script]).not.toContain('reboot');
    expect(commandPrefix.slice(script + 1)).toEqual([
      ...[
        'sh',
        '/mnt',
        'null',
        '3',
        'zero',
        '5',
        'full',
        '7',
        'random',
        '8',
        'urandom',
        '9',
        '--',
        'folder',
        hostile,
        '--',
      ],
    ]);
  });
});

describe(plainMounts.name, () => {
  it('leaves open sources as they are, without a command before nsjail', () => {
    const mounts = [same('/usr/bin'), { source: '/a', target: '/b' }];
    expect(plainMounts(mounts, () => true)).toEqual({ commandPrefix: [], mounts, deviceFolder: '/dev' });
  });

  it.each([
    ['open to all', 0o755, 0o755, true],
    ['closed', 0o700, 0o755, false],
    ['readable only', 0o744, 0o755, false],
    ['in a closed folder', 0o755, 0o700, false],
    ['in a folder that may be entered but not listed', 0o755, 0o711, true],
  ])('sees a source that is %s', (_what, mode, parentMode, isOpen) => {
    using directory = new TemporaryDirectory();
    const source = join(directory.path, 'source');
    mkdirSync(source);
    chmodSync(source, mode);
    chmodSync(directory.path, parentMode);
    const place = (): unknown => plainMounts([same(source)]);
    if (isOpen) expect(place).not.toThrow();
    else expect(place).toThrow(StartupError);
  });
});
