import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { editKeyFile, LockedError } from './key-file.editor';

describe(editKeyFile.name, () => {
  it('makes a file that only its owner can read', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    await editKeyFile(file, (text) => `was ${text}`);
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['was null', 0o600]);
  });

  it('puts another file in the place of one, with the same permissions', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    const before = statSync(file);
    await editKeyFile(file, (text) => `was ${text}`);
    expect([readFileSync(file, 'utf8'), statSync(file).mode]).toEqual(['was old', before.mode]);
    expect(statSync(file).ino).not.toBe(before.ino);
  });

  it('leaves everything as it was when there is no change to make', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    writeFileSync(file, 'old');
    const refuse = (): string => {
      throw new Error('no');
    };
    await expect(editKeyFile(file, refuse)).rejects.toThrow('no');
    expect([readFileSync(file, 'utf8'), readdirSync(directory.path)]).toEqual(['old', ['keys.json']]);
  });

  it('waits for whoever changes the file, and goes by what it has become', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    writeFileSync(`${file}.lock`, '');
    const edit = editKeyFile(file, (text) => `was ${text}`);
    writeFileSync(file, 'new');
    rmSync(`${file}.lock`);
    await edit;
    expect(readFileSync(file, 'utf8')).toBe('was new');
  });

  it('gives up, and names the file to delete, where somebody was killed meanwhile', async () => {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, 'keys.json');
    writeFileSync(`${file}.lock`, '');
    const edit = editKeyFile(file, () => 'new');
    await expect(edit).rejects.toThrow(LockedError);
    await expect(edit).rejects.toThrow(`delete ${file}.lock`);
    expect([existsSync(file), existsSync(`${file}.lock`)]).toEqual([false, true]);
  });
});
