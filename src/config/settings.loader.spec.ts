import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { StartupError } from '../domain/startup-error';
import { parseSettings } from './settings.loader';

function complaint(environment: Record<string, string>): string {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  return '';
}

describe(parseSettings.name, () => {
  it('has a default for every setting', () => {
    expect(parseSettings({})).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      role: 'all',
      apiKeys: null,
      redisUrl: null,
      dataDir: resolve('.data'),
      workerConcurrency: availableParallelism(),
      maxQueueLength: 1000,
      maxBodyBytes: 1024 * 1024,
      sandboxMemoryMb: 256,
      sandboxPids: 64,
      sandboxTmpMb: 64,
      sandboxOutputKb: 1024,
      sandboxCpus: 1,
      sandboxJobsPerJail: 1000,
      pythonBin: resolve('python-runtime/.venv/bin/python3'),
      pythonPreload: [['numpy'], ['numpy', 'pandas']],
      webhookSecret: [],
      webhookAllowedNetworks: [],
      jobRetentionSeconds: 3600,
      shutdownGraceSeconds: 30,
      logLevel: 'info',
      buildNumber: '1.0.0',
    });
  });

  it('reads each setting from the variable of its name', () => {
    const settings = parseSettings({
      PORT: '0',
      ROLE: 'worker',
      REDIS_URL: 'rediss://user:secret@redis.example:6380/2',
      SANDBOX_CPUS: '0.5',
      SANDBOX_MEMORY_MB: '512',
      PYTHON_PRELOAD: 'numpy; numpy, scipy.stats',
      BUILD_NUMBER: '2026.11-rc1',
    });
    expect(settings).toMatchObject({
      port: 0,
      role: 'worker',
      redisUrl: { url: 'rediss://user:secret@redis.example:6380/2' },
      sandboxCpus: 0.5,
      sandboxMemoryMb: 512,
      pythonPreload: [['numpy'], ['numpy', 'scipy.stats']],
      buildNumber: '2026.11-rc1',
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseSettings({ PORT: '', REDIS_URL: '', API_KEYS: '' })).toMatchObject({ port: 8080, redisUrl: null });
  });

  it('takes an empty PYTHON_PRELOAD for no sets', () => {
    expect(parseSettings({ PYTHON_PRELOAD: '' }).pythonPreload).toEqual([]);
  });

  it.each([
    ['PORT', '10abc'],
    ['PORT', '1e3'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', ' 80'],
    ['ROLE', 'constructor'],
    ['MAX_QUEUE_LENGTH', '0'],
    ['SANDBOX_CPUS', '0'],
    ['SANDBOX_CPUS', '.5'],
    ['REDIS_URL', 'http://redis'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'unix://relative'],
    ['PYTHON_PRELOAD', 'numpy;os.system()'],
    ['WEBHOOK_SECRET', 'whsec_hunter2'],
    ['WEBHOOK_ALLOWED_NETWORKS', '10.0.0.0'],
    ['LOG_LEVEL', 'loud'],
    ['API_KEYS', 'name:too-short'],
  ])('refuses %s=%s', (name, value) => {
    expect(complaint({ [name]: value })).toMatch(new RegExp(`^${name} must be `));
  });

  it('names every bad setting and repeats no value', () => {
    const message = complaint({
      API_KEYS: 'ci:hunter2-hunter2,x',
      MAX_BODY_BYTES: '4MiB',
      WEBHOOK_SECRET: 'whsec_hunter2',
    });
    expect(message.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'API_KEYS',
      'MAX_BODY_BYTES',
      'WEBHOOK_SECRET',
    ]);
    expect(message).not.toMatch(/hunter2|4MiB/);
  });
});
