import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Service } from './support/service';

const PROGRAM = resolve(__dirname, '../python-runtime/.venv-dev/bin/schemathesis');
const FOLDER = join(__dirname, 'schemathesis');
const TIMEOUT_MS = 300_000;

describe('what is made up from the description of the API', () => {
  it(
    'is answered as it is described',
    async () => {
      await using service = await Service.start({ WORKER_CONCURRENCY: '2' });
      const options = ['--config-file', join(FOLDER, 'schemathesis.toml'), '--no-color'];
      const tool = spawn(PROGRAM, [...options, 'run', `${service.origin}/docs-json`], {
        cwd: FOLDER,
        env: { PATH: process.env.PATH, API_KEY: service.apiKey, PYTHONDONTWRITEBYTECODE: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [report, [exitCode]] = await Promise.all([text(tool.stdout), once(tool, 'close')]);
      // A run that finds nothing to ask succeeds as well.
      expect(report).toMatch(/Test cases:\n {2}\d{4,} generated, /);
      expect({ exitCode, report: exitCode === 0 ? '' : report }).toEqual({ exitCode: 0, report: '' });
    },
    TIMEOUT_MS,
  );
});
