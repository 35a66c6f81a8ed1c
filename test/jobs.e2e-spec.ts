import { eventually } from './support/eventually';
import { untilWaiting, waitingProgram } from './support/jails';
import { type Answer, type CallOptions, ENDPOINT, Service } from './support/service';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NOT_FOUND = '{"error":"Not found","stdout":"","exit_code":404}';
const [OWN_KEY, OTHER_KEY] = ['the-key-of-one-caller', 'the-key-of-another-one'];
const MEMBERS =
  'job_id id endpoint status code message outcome timeout accepted_at started_at finished_at run_time queue_time total_time pid queue_id queue_length build_number webhook deliveries';

/** A failure writes to both streams before it comes. */
const WRITING = 'import os, sys\nprint("partial", flush=True)\nprint("why", file=sys.stderr, flush=True)\n';

describe('/v1/jobs', () => {
  let service: Service;

  beforeAll(async () => {
    service = await Service.start({
      WORKER_CONCURRENCY: '1',
      SANDBOX_MEMORY_MB: '128',
      API_KEYS: `one:${OWN_KEY},other:${OTHER_KEY}`,
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  async function call(body?: unknown, { headers, ...options }: CallOptions = {}): Promise<Answer> {
    return service.call(body, { ...options, headers: { 'x-api-key': OWN_KEY, ...headers } });
  }

  async function submit(body: object): Promise<Answer> {
    return call(body, { headers: { prefer: 'respond-async' } });
  }

  async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return call(undefined, { path, method: 'GET', headers });
  }

  /** The record of the job that an answer names, where the answer says that it is. */
  async function recordOf(answer: Answer): Promise<Answer> {
    return get(answer.headers.get('location') ?? '');
  }

  async function untilStatus(status: string, answer: Answer): Promise<Answer> {
    await eventually(`it is ${status}`, async () => (await recordOf(answer)).json.status === status);
    return recordOf(answer);
  }

  describe('Prefer: respond-async', () => {
    it('is answered at once with the documented envelope, member for member', async () => {
      const answer = await submit({ code: '1', id: 'mine' });
      expect(answer.status).toBe(202);
      expect(answer.json).toEqual({
        endpoint: ENDPOINT,
        code: 202,
        id: 'mine',
        job_id: expect.stringMatching(UUID),
        message: 'processing',
        queue_id: expect.any(Number),
        queue_length: 0,
        build_number: '1.0.0',
      });
      const order = 'endpoint code id job_id message queue_id queue_length build_number';
      expect(Object.keys(answer.json as object).join(' ')).toBe(order);
      const { headers, json } = answer;
      expect(headers.get('preference-applied')).toBe('respond-async');
      expect(headers.get('location')).toBe(`/v1/jobs/${json.job_id}`);
      expect(headers.get('x-job-id')).toBe(json.job_id);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      await untilStatus('succeeded', answer);
    });

    it('makes a job whose record goes from queued over running to its end', async () => {
      const first = call({ code: waitingProgram('first'), timeout: 60 });
      const blocker = await untilWaiting(service, 'first');
      const answer = await submit({ code: `print("Hola")\n${waitingProgram('second')}`, timeout: 60, id: 'mine' });
      const queued = await recordOf(answer);
      const unknown = { code: null, message: null, outcome: null, run_time: null, queue_time: null, total_time: null };
      expect([queued.status, queued.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(queued.json).toEqual({
        ...unknown,
        job_id: answer.json.job_id,
        id: 'mine',
        endpoint: ENDPOINT,
        status: 'queued',
        timeout: 60,
        accepted_at: expect.stringMatching(TIMESTAMP),
        started_at: null,
        finished_at: null,
        pid: null,
        queue_id: answer.json.queue_id,
        queue_length: null,
        build_number: '1.0.0',
        webhook: null,
        deliveries: [],
      });

      process.kill(blocker.job, 'SIGUSR1');
      await first;
      const { job } = await untilWaiting(service, 'second');
      const running = await untilStatus('running', answer);
      expect(running.json).toEqual({ ...queued.json, status: 'running', started_at: expect.stringMatching(TIMESTAMP) });

      process.kill(job, 'SIGUSR1');
      const ended = await untilStatus('succeeded', answer);
      expect(ended.json).toEqual({
        ...running.json,
        status: 'succeeded',
        code: 200,
        message: 'success',
        outcome: {
          kind: 'returned',
          result: 'second',
          error: null,
          stdout: 'Hola\n',
          stderr: '',
          exit_code: 0,
          signal: null,
        },
        finished_at: expect.stringMatching(TIMESTAMP),
        run_time: expect.any(Number),
        queue_time: expect.any(Number),
        total_time: expect.any(Number),
        pid: job,
        queue_length: 0,
      });
      for (const { json } of [queued, running, ended]) expect(Object.keys(json as object).join(' ')).toBe(MEMBERS);
    });
  });

  describe('the record of a job', () => {
    it('has what its answer had, digit for digit', async () => {
      const answer = await call({ code: 'print("Hola")\n[2**100, 1.0, 1e300]' });
      const { text, json } = await recordOf(answer);
      const resultIn = (body: string): string | undefined => /"result":(.*?),"(stdout|error)"/.exec(body)?.[1];
      expect(resultIn(text)).toContain('1267650600228229401496703205376');
      expect(resultIn(text)).toBe(resultIn(answer.text));
      const { pid, run_time, queue_length } = answer.json as Record<string, unknown>;
      expect(json).toMatchObject({
        status: 'succeeded',
        pid,
        run_time,
        queue_length,
        outcome: { stdout: 'Hola\n' },
      });
    });

    it.each([
      ['raised', '1/0', 'failed', { exit_code: 1, signal: null }, /\nZeroDivisionError: division by zero$/],
      ['exited', 'sys.exit(3)', 'failed', { exit_code: 3, signal: null }, /^Process exited with code 3$/],
      [
        'signalled',
        'os.kill(os.getpid(), 11)',
        'failed',
        { exit_code: null, signal: 11 },
        /^Process killed by signal 11/,
      ],
      ['over_limit', 'bytearray(400 * 2**20)', 'failed', { exit_code: null, signal: null }, /^Memory limit of 128 MiB/],
      [
        'timed_out',
        'while True: pass',
        'timed_out',
        { exit_code: null, signal: null },
        /^Execution timed out after 1 s/,
      ],
    ])('has all that is known of a failure: %s', async (kind, code, status, numbers, error) => {
      const answer = await submit({ code: WRITING + code, timeout: 1 });
      const { json } = await untilStatus(status, answer);
      const written = { stdout: 'partial\n', stderr: expect.stringMatching(/^why\n/) as string };
      expect(json.outcome).toEqual({ kind, result: null, error: expect.stringMatching(error), ...written, ...numbers });
      expect([json.code, json.message]).toEqual([status === 'timed_out' ? 408 : 400, json.outcome.error]);
    });

    it('is its caller’s own', async () => {
      const answer = await call({ code: '1' });
      const path = answer.headers.get('location') ?? '';
      for (const method of ['GET', 'DELETE']) {
        const { status, text } = await call(undefined, { path, method, headers: { 'x-api-key': OTHER_KEY } });
        expect([status, text]).toEqual([404, NOT_FOUND]);
        expect((await call(undefined, { path, method, headers: { 'x-api-key': 'wrong' } })).status).toBe(401);
      }
      expect((await get(path)).json.status).toBe('succeeded');
    });

    it.each([
      '00000000-0000-4000-8000-000000000000',
      '00000000-0000-4000-8000-00000000000A',
      'mine',
      '*',
      '%2e%2e',
      '%00',
      '00000000-0000-4000-8000-000000000000/',
      'x'.repeat(100),
    ])('is not there: %s', async (id) => {
      for (const method of ['GET', 'DELETE']) {
        const { status, text } = await call(undefined, { path: `/v1/jobs/${id}`, method });
        expect([status, text]).toEqual([404, NOT_FOUND]);
      }
    });

    it('can be looked at and cancelled, and nothing else', async () => {
      const path = '/v1/jobs/00000000-0000-4000-8000-000000000000';
      const { status, headers } = await call('{}', { path });
      expect([status, headers.get('allow')?.split(', ').sort()]).toEqual([405, ['DELETE', 'GET', 'HEAD']]);
    });
  });
});

describe('JOB_RETENTION_SECONDS', () => {
  it('is how long a record is kept', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1', JOB_RETENTION_SECONDS: '1' });
    const path = (await service.run('1')).headers.get('location') ?? '';
    expect((await service.call(undefined, { path, method: 'GET' })).json.status).toBe('succeeded');
    await eventually('it is gone', async () => (await service.call(undefined, { path, method: 'GET' })).status === 404);
    expect((await service.call(undefined, { path, method: 'DELETE' })).text).toBe(NOT_FOUND);
  });
});
