import { Service } from './support/service';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('POST /v1/code/execute/python', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({ WORKER_CONCURRENCY: '2' });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it('answers the documented example with the documented envelope, member for member', async () => {
    const { status, headers, json } = await service.call({
      code: "print('Hola Mundo')",
      timeout: 10,
      webhook_url: 'https://example.com/webhook',
      id: 'peticion-unica-123',
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(json).toEqual({
      endpoint: '/v1/code/execute/python',
      code: 200,
      id: 'peticion-unica-123',
      job_id: expect.stringMatching(UUID),
      response: { result: null, stdout: 'Hola Mundo\n', stderr: '', exit_code: 0 },
      message: 'success',
      pid: expect.any(Number),
      queue_id: expect.any(Number),
      run_time: expect.any(Number),
      queue_time: expect.any(Number),
      total_time: expect.any(Number),
      queue_length: 0,
      build_number: '1.0.0',
    });
    expect(Object.keys(json as object)).toEqual(
      'endpoint code id job_id response message pid queue_id run_time queue_time total_time queue_length build_number'.split(
        ' ',
      ),
    );
  });

  it('names the job in its headers, on success and on failure', async () => {
    const success = await service.run('1');
    expect(success.headers.get('x-job-id')).toBe(success.json.job_id);
    expect(success.headers.get('location')).toBe(`/v1/jobs/${success.json.job_id}`);
    const failure = await service.run('1/0');
    expect(failure.headers.get('x-job-id')).toMatch(UUID);
    expect(failure.headers.get('location')).toBe(`/v1/jobs/${failure.headers.get('x-job-id')}`);
    for (const { headers } of [success, failure]) {
      const { status, json } = await service.call(undefined, { path: headers.get('location') ?? '', method: 'GET' });
      expect([status, json.job_id]).toEqual([200, headers.get('x-job-id')]);
    }
  });

  it('gives no hint of what it is built with', async () => {
    const { headers } = await service.run('1');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
  });

  it('takes a body of any content type', async () => {
    expect(
      (await service.call('{"code":"1+1"}', { headers: { 'content-type': 'text/plain' } })).json.response.result,
    ).toBe(2);
  });

  it.each(['2**100', '-1', '1.0', '10**400', '[1e300, 0.1]'])(
    'passes the result of %s on digit for digit',
    async (code) => {
      const expected = await service.run(`import json; print(json.dumps(${code}, separators=(',', ':')), end='')`);
      const { text } = await service.run(code);
      expect(/"result":(.*),"stdout"/.exec(text)?.[1]?.replaceAll(', ', ',')).toBe(expected.json.response.stdout);
    },
  );

  it('accounts for the time', async () => {
    const { json } = await service.run('import time; time.sleep(0.2)');
    const { run_time, queue_time, total_time } = json as Record<string, number>;
    expect(run_time).toBeGreaterThanOrEqual(0.2);
    expect(run_time).toBeLessThan(2);
    expect(total_time).toBeGreaterThanOrEqual(run_time! + queue_time! - 1e-9);
    for (const seconds of [run_time, queue_time, total_time]) expect(`${seconds}`).toMatch(/^\d+(\.\d{1,3})?$/);
  });

  it('names the same queue every time, and a process that the host has seen', async () => {
    const [first, second] = await Promise.all([service.run('1'), service.run('2')]);
    expect(second.json.queue_id).toBe(first.json.queue_id);
    expect(Number.isInteger(first.json.queue_id)).toBe(true);
    expect(first.json.pid).not.toBe(second.json.pid);
  });

  it('gives each of 200 requests from 50 callers its own answer', async () => {
    const callers = Array.from({ length: 50 }, async (_, caller) => {
      for (let turn = 0; turn < 4; turn += 1) {
        const id = `${caller}-${turn}`;
        const { status, json } = await service.call({ code: `print("${id}")\n${caller} * 1000 + ${turn}`, id });
        expect({ status, id: json.id, stdout: json.response.stdout, result: json.response.result }).toEqual({
          status: 200,
          id,
          stdout: `${id}\n`,
          result: caller * 1000 + turn,
        });
      }
    });
    await Promise.all(callers);
  }, 60_000);

  it('counts the jobs that wait', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => service.run('import time; time.sleep(0.3)')));
    const lengths = answers.map(({ json }) => json.queue_length as number);
    expect(Math.max(...lengths)).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6);
  });
});
