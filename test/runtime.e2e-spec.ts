import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { type Answer, Service } from './support/service';

const API_KEY = 'a-key-for-both-of-the-instances';

describe('GET /v1/runtime', () => {
  const describeRuntime = async (service: Service, key = API_KEY): Promise<Answer> =>
    service.call(undefined, { path: '/v1/runtime', method: 'GET', headers: { 'x-api-key': key } });

  it('says what programs find: the Python, the packages and the limits that they really have', async () => {
    await using service = await Service.start({
      API_KEYS: `test:${API_KEY}`,
      SANDBOX_MEMORY_MB: '128',
      SANDBOX_PIDS: '32',
      MAX_BODY_BYTES: '2048',
      PYTHON_PRELOAD: 'numpy',
    });
    const { status, json } = await describeRuntime(service);
    expect(status).toBe(200);
    expect(json).toEqual({
      python: { implementation: 'CPython', version: expect.stringMatching(/^3\.\d+\.\d+$/) },
      packages: expect.any(Array),
      limits: {
        timeout_seconds: { default: 30, max: 300 },
        memory_mb: 128,
        processes: 32,
        tmp_mb: 64,
        output_kb: 1024,
        cpus: 1,
        body_bytes: 2048,
      },
      preload: [['numpy']],
    });
    const numpy = (json.packages as { name: string; version: string }[]).find(({ name }) => name === 'numpy');
    const program = 'import numpy, platform\nreturn [platform.python_version(), numpy.__version__]';
    const found = await service.call({ code: program }, { headers: { 'x-api-key': API_KEY } });
    expect(found.json.response.result).toEqual([json.python.version, numpy?.version]);
    expect(numpy).toMatchObject({ modules: ['numpy'] });
    expect((await describeRuntime(service, 'another-key-that-nobody-has')).status).toBe(401);
  });

  it('is answered by an instance that runs no programs, once a worker has said it', async () => {
    await using redis = await PrivateRedis.start();
    const shared = { REDIS_URL: redis.url, API_KEYS: `test:${API_KEY}` };
    await using api = await Service.start({ ...shared, ROLE: 'api' });
    const { status, headers, text } = await describeRuntime(api);
    expect([status, headers.get('retry-after'), text]).toEqual([
      503,
      '5',
      '{"error":"No worker has described its runtime yet","stdout":"","exit_code":503}',
    ]);
    await using worker = await Service.start({ ...shared, ROLE: 'worker' });
    await eventually('it is known', async () => (await describeRuntime(api)).status === 200);
    expect((await describeRuntime(worker)).status).toBe(404);
  });
});
