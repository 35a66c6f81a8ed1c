import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../test/support/silent-logger';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { digestKey, writeDigest } from '../config/api-key.format';
import { StartupError } from '../domain/startup-error';
import { KeyFile } from './key-file';
import { KeyFileWatch } from './key-file.watch';
import { KeyRing } from './key-ring';

const keyOf = (name: string): string => `the-key-of-${name}-for-sure`;

/** The text of a file with the digests of these keys. */
function fileOf(names: readonly string[], terms: object = {}): string {
  return JSON.stringify({ keys: names.map((name) => ({ name, key: writeDigest(digestKey(keyOf(name))), ...terms })) });
}

/** A watch of a file that is looked at only when a test says so. */
class Watched implements Disposable {
  readonly directory = new TemporaryDirectory();
  readonly path = join(this.directory.path, 'keys.json');
  readonly ring: KeyRing;
  readonly lines: { level: string; fields: unknown; text: unknown }[] = [];
  readonly watch: KeyFileWatch;

  constructor(isNamed = true, fixed: readonly string[] = ['fixed']) {
    const keys = fixed.map((name) => ({ name, digest: digestKey(keyOf(name)) }));
    this.ring = new KeyRing({ rateLimitPerMinute: 0, maxQueuedPerKey: 0 }, keys);
    const logger = silentLogger();
    for (const level of ['info', 'warn', 'error'] as const) {
      jest.spyOn(logger, level).mockImplementation((...[fields, text]: unknown[]) => {
        this.lines.push({ level, fields, text });
      });
    }
    const settings = { apiKeysFile: isNamed ? this.path : null, dataDir: this.directory.path };
    this.watch = new KeyFileWatch(new KeyFile(settings, this.ring.fixed), this.ring, logger);
  }

  write(text: string): void {
    writeFileSync(this.path, text, { mode: 0o600 });
  }

  /** Loads the file, and forgets what the log says of that. */
  async load(): Promise<void> {
    await this.watch.load();
    this.lines.length = 0;
  }

  async look(times = 1): Promise<void> {
    for (let count = 0; count < times; count++) await this.watch.look();
  }

  known(...names: string[]): boolean[] {
    return names.map((name) => this.ring.callerOf(keyOf(name)) !== null);
  }

  levels(): string[] {
    return this.lines.splice(0).map(({ level }) => level);
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

describe(KeyFileWatch.name, () => {
  describe('load', () => {
    it('lets in the keys of the file beside the fixed ones', async () => {
      using watched = new Watched();
      watched.write(fileOf(['a', 'b']));
      await watched.watch.load();
      expect(watched.known('fixed', 'a', 'b', 'c')).toEqual([true, true, true, false]);
      expect(watched.lines).toEqual([{ level: 'info', fields: { keys: 2 }, text: 'API_KEYS_FILE has been read' }]);
    });

    it('refuses a file that is not there, is none, or breaks a rule', async () => {
      using watched = new Watched();
      await expect(watched.watch.load()).rejects.toThrow('API_KEYS_FILE cannot be read (ENOENT)');
      watched.write(fileOf(['a', 'a']));
      await expect(watched.watch.load()).rejects.toThrow('API_KEYS_FILE: keys[1].name must not be that of another key');
      rmSync(watched.path);
      symlinkSync('.', watched.path);
      await expect(watched.watch.load()).rejects.toThrow(new StartupError('API_KEYS_FILE must be a file'));
    });

    it('does without keys.json of DATA_DIR, and takes it up when it is there', async () => {
      using watched = new Watched(false);
      await watched.load();
      await watched.look(2);
      expect([watched.known('fixed', 'a'), watched.levels()]).toEqual([[true, false], []]);
      watched.write(fileOf(['a']));
      await watched.look();
      expect([watched.known('fixed', 'a'), watched.levels()]).toEqual([[true, true], ['info']]);
    });

    it('refuses a keys.json of DATA_DIR that breaks a rule', async () => {
      using watched = new Watched(false);
      watched.write('');
      await expect(watched.watch.load()).rejects.toThrow('DATA_DIR/keys.json: must be JSON');
    });

    it.each([
      ['a key', JSON.stringify({ keys: [{ name: 'a', key: keyOf('a') }] }), 0o644, ['warn']],
      ['a key, for its owner only,', JSON.stringify({ keys: [{ name: 'a', key: keyOf('a') }] }), 0o600, []],
      ['digests', fileOf(['a']), 0o644, []],
    ])('warns of %s that others may read', async (_what, text, mode, levels) => {
      using watched = new Watched();
      watched.write(text);
      chmodSync(watched.path, mode);
      await watched.watch.load();
      expect(watched.levels()).toEqual([...levels, 'info']);
    });
  });

  describe('look', () => {
    it('takes up what has changed, and says what', async () => {
      using watched = new Watched();
      watched.write(fileOf(['a', 'b', 'c']));
      await watched.load();
      watched.write(
        `{"keys":[${[fileOf(['b']), fileOf(['c', 'd'], { allowAsync: false })].map((text) => text.slice(9, -2)).join()}]}`,
      );
      await watched.look();
      expect(watched.known('a', 'b', 'c', 'd')).toEqual([false, true, true, true]);
      expect(watched.lines).toEqual([
        {
          level: 'info',
          fields: {
            ...{ added: 1, removed: 1, changed: 1, keys: 4 },
            ...{ addedNames: ['d'], removedNames: ['a'], changedNames: ['c'] },
          },
          text: 'The file of keys has changed',
        },
      ]);
    });

    it('says nothing of a file that is as it was', async () => {
      using watched = new Watched();
      watched.write(fileOf(['a']));
      await watched.load();
      watched.write(fileOf(['a']));
      await watched.look(3);
      expect(watched.levels()).toEqual([]);
    });

    it('sees a change of the same length in the same instant', async () => {
      using watched = new Watched();
      for (const name of ['a', 'b', 'a', 'b']) {
        watched.write(fileOf([name]));
        await watched.look();
        expect(watched.known('a', 'b')).toEqual([name === 'a', name === 'b']);
      }
    });

    it('sees another file in its place, and another target of a link above it', async () => {
      using watched = new Watched();
      const at = (name: string): string => join(watched.directory.path, name);
      for (const version of ['one', 'two', 'three']) writeFileSync(at(version), fileOf([version]));
      symlinkSync('one', at('..data'));
      symlinkSync('..data', watched.path);
      await watched.load();
      symlinkSync('two', at('..data_tmp'));
      renameSync(at('..data_tmp'), at('..data'));
      await watched.look();
      expect(watched.known('one', 'two')).toEqual([false, true]);
      renameSync(at('three'), watched.path);
      await watched.look();
      expect(watched.known('two', 'three')).toEqual([false, true]);
    });

    it.each([
      [
        'is half written',
        (watched: Watched) => {
          watched.write(fileOf(['b']).slice(0, -5));
        },
      ],
      [
        'is empty',
        (watched: Watched) => {
          watched.write('');
        },
      ],
      [
        'breaks a rule',
        (watched: Watched) => {
          watched.write(fileOf(['fixed']));
        },
      ],
      [
        'has gone',
        (watched: Watched) => {
          rmSync(watched.path);
        },
      ],
    ])('keeps the keys when the file %s, and says so once', async (_what, spoil) => {
      using watched = new Watched();
      watched.write(fileOf(['a']));
      await watched.load();
      spoil(watched);
      await watched.look();
      expect(watched.levels()).toEqual([]);
      await watched.look(5);
      expect([watched.known('fixed', 'a', 'b'), watched.levels()]).toEqual([[true, true, false], ['error']]);
      watched.write(fileOf(['a']));
      await watched.look(2);
      expect([watched.known('a'), watched.levels()]).toEqual([[true], ['info']]);
    });

    it('says each bad version once, and which entry breaks which rule, but no value', async () => {
      using watched = new Watched();
      watched.write(fileOf(['a']));
      await watched.load();
      for (const secret of ['hunter2', 'hunter3']) {
        watched.write(JSON.stringify({ keys: [{ name: 'a', key: secret }] }));
        await watched.look(3);
      }
      const reason = expect.stringMatching(/^API_KEYS_FILE: keys\[0\]\.key must be at least 16/) as string;
      expect(watched.lines.map(({ level, fields }) => ({ level, fields }))).toEqual(
        Array(2).fill({ level: 'error', fields: { reason } }),
      );
      expect(JSON.stringify(watched.lines)).not.toContain('hunter');
    });

    it('takes the last key too, and warns that nobody can call', async () => {
      using watched = new Watched(true, []);
      watched.write(fileOf(['a']));
      await watched.load();
      watched.write(fileOf([]));
      await watched.look();
      expect([watched.known('a'), watched.levels()]).toEqual([[false], ['info', 'warn']]);
    });
  });
});
