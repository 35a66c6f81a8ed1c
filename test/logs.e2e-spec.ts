import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from './support/eventually';
import { waitingProgram } from './support/jails';
import { PrivateRedis } from './support/private-redis';
import { rawCall } from './support/raw-call';
import { type Answer, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { WebhookInbox } from './support/webhook-inbox';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ERROR = 50;

type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: number };

function linesOf(...services: readonly Service[]): Line[] {
  const lines = services.flatMap(({ output }) => output.split('\n'));
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}

function jobLines(jobId: unknown, ...services: readonly Service[]): Line[] {
  return linesOf(...services).filter((line) => line.msg === 'Job done' && line.jobId === jobId);
}

/** What a raw text is answered with. */
async function answerTo(service: Service, request: string): Promise<string> {
  const { hostname, port } = new URL(service.origin);
  const socket = connect(Number(port), hostname);
  socket.end(request);
  return text(socket);
}

describe('the log', () => {
  it('names each request, in its answer and over two processes', async () => {
    await using inbox = await WebhookInbox.open();
    await using redis = await PrivateRedis.start();
    await using api = await Service.start({
      REDIS_URL: redis.url,
      ROLE: 'api',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    });
    await using worker = await Service.start({ REDIS_URL: redis.url, ROLE: 'worker', LOG_LEVEL: 'trace' });
    const headers = { 'x-request-id': 'order=7/Ab+c:1@x~y.z_-' };
    const answer = await api.call({ code: 'exit(3)', webhook_url: inbox.url }, { headers });
    const jobId = answer.headers.get('x-job-id');
    expect(answer.headers.get('x-request-id')).toBe(headers['x-request-id']);
    await eventually(
      'all have said it',
      () => api.output.includes('Webhook tried') && worker.output.includes('Job done'),
    );
    const told = { jobId, requestId: headers['x-request-id'], key: 'default' };
    expect(linesOf(api).find(({ msg }) => msg === 'Webhook tried')).toMatchObject({ ...told, attempt: 1, status: 204 });
    expect(jobLines(jobId, api, worker)).toEqual([
      expect.objectContaining({ ...told, outcome: 'exited', exitCode: 3, mode: 'sync', level: 30 }),
    ]);
    const { queueMs, runMs, totalMs } = jobLines(jobId, worker)[0]!;
    expect(Number(totalMs)).toBeGreaterThanOrEqual(Number(queueMs) + Number(runMs));
    expect(
      linesOf(worker)
        .filter(({ requestId }) => requestId === undefined)
        .every((line) => line.jobId !== jobId),
    ).toBe(true);
  });

  it('gives every answer an id, and takes none that is not sane', async () => {
    await using service = await Service.start();
    const idOf = ({ headers }: Answer): string => headers.get('x-request-id') ?? '';
    const answers = [
      await service.call({ code: '1' }, { headers: { 'x-api-key': 'unknown' } }),
      await service.call({ code: 1 }),
      await service.call(undefined, { path: '/nothing', method: 'GET' }),
      await service.call(undefined, { path: '/health/live', method: 'GET' }),
    ];
    for (const bad of ['a b', 'a,b', '"', 'x'.repeat(129), '', 'é', '<script>']) {
      answers.push(await service.call({ code: '' }, { headers: { 'x-request-id': bad } }));
    }
    for (const answer of answers) expect(idOf(answer)).toMatch(UUID);
    expect(new Set(answers.map(idOf)).size).toBe(answers.length);
    const longest = 'x'.repeat(128);
    expect(idOf(await service.call({ code: '' }, { headers: { 'x-request-id': longest } }))).toBe(longest);
    for (const raw of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n',
    ]) {
      expect(await answerTo(service, raw)).toMatch(/^x-request-id: [0-9a-f-]{36}\r$/im);
    }
  });

  it('has one line for each job, wherever it ends', async () => {
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    const submit = async (code: string): Promise<Answer> =>
      service.call({ code }, { headers: { prefer: 'respond-async' } });
    const running = await submit('import time; time.sleep(60)');
    const queued = await submit('1');
    const path = (answer: Answer): string => answer.headers.get('location') ?? '';
    await service.call(undefined, { path: path(queued), method: 'DELETE' });
    await service.call(undefined, { path: path(running), method: 'DELETE' });
    for (const job of [queued, running]) {
      await eventually('it has its line', () => jobLines(job.json.job_id, service).length > 0);
    }
    const ends = { exited: 'exit(3)', raised: '1/0', signalled: 'import os; os.kill(os.getpid(), 11)', returned: '1' };
    for (const [outcome, code] of Object.entries(ends)) {
      const answer = await service.run(code);
      const id = answer.headers.get('x-job-id');
      await eventually('it has its line', () => jobLines(id, service).length > 0);
      expect(jobLines(id, service)).toEqual([expect.objectContaining({ outcome, mode: 'sync' })]);
    }
    await service.stop();
    for (const job of [queued, running]) {
      expect(jobLines(job.json.job_id, service)).toEqual([
        expect.objectContaining({ outcome: 'cancelled', mode: 'async' }),
      ]);
    }
    expect(linesOf(service).find(({ outcome }) => outcome === 'signalled')).toHaveProperty('signal', 'SIGSEGV');
  });

  it('is to be read by people on a terminal, and by programs elsewhere', async () => {
    using directory = new TemporaryDirectory();
    const main = join(__dirname, '../dist/main.js');
    // pty(7): what it starts has a terminal for its output, and all that it writes there is copied to stdout.
    const terminal = spawn('python3', ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', process.execPath, main], {
      env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATA_DIR: directory.path, WORKER_CONCURRENCY: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually('it listens', () => output.includes('Listening on'));
    // What a terminal turns into SIGINT.
    terminal.stdin.write('\x03');
    await once(terminal, 'close');
    expect(output).toMatch(/INFO.*A program in a jail finds itself confined/);
    expect(output).not.toMatch(/^\{/m);
    await using service = await Service.start({ WORKER_CONCURRENCY: '1' });
    expect(linesOf(service)).toContainEqual(
      expect.objectContaining({ msg: 'A program in a jail finds itself confined' }),
    );
  });

  it('says why a request was refused, but is not flooded', async () => {
    await using service = await Service.start();
    await service.call({ code: 1 }, { headers: { 'x-request-id': 'refused-1' } });
    await service.call(undefined, { path: '/health/ready', method: 'GET' });
    for (let count = 0; count < 50; count++) await service.call({}, { headers: { 'x-api-key': 'unknown' } });
    await service.stop();
    const refused = linesOf(service).filter(({ msg }) => msg === 'Request refused');
    expect(refused[0]).toMatchObject({
      ...{ requestId: 'refused-1', method: 'POST', route: '/v1/code/execute/python', status: 400 },
      ...{ reason: 'invalid_request', key: 'default', remoteAddress: '127.0.0.1' },
      durationMs: expect.any(Number) as number,
    });
    const own = refused.filter(({ reason }) => reason === 'unauthorized').length;
    const summed = linesOf(service).filter(({ msg }) => msg === 'More requests refused');
    // A window of the budget may end in between.
    expect(own).toBeLessThanOrEqual(40);
    expect(own + summed.reduce((sum, { count }) => sum + Number(count), 0)).toBe(50);
    expect(summed[0]).toMatchObject({ reason: 'unauthorized' });
    expect(service.output).not.toContain('/health');
  });

  it('tells no secret at any level, and no error while all is well', async () => {
    await using inbox = await WebhookInbox.open(() => ({ status: 204 }));
    await using redis = await PrivateRedis.start();
    await using service = await Service.start({
      REDIS_URL: redis.url,
      LOG_LEVEL: 'trace',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      WORKER_CONCURRENCY: '2',
    });
    const hook = `${inbox.url.replace('//', '//user:HUSH-password@')}/HUSH-path?token=HUSH-query`;
    const code = 'print("HUSH-output")\nHUSH_name = "HUSH-code"\n';
    const load: Promise<unknown>[] = [
      service.call({ code: `${code}1/0`, webhook_url: hook, id: 'HUSH-name' }),
      service.call({ code: `${code}"HUSH-result"`, webhook_url: hook }),
      service.call({ code, webhook_url: 'http://127.0.0.1:9/HUSH-dead?HUSH-query' }),
      service.call({ code: `${code}exit("HUSH-exit")` }),
      service.call({ code: 'while True: pass', timeout: 1 }),
      service.call({ code: 'x = "HUSH" * 10**9' }),
      service.call('{"code": "HUSH-json'),
      service.call({ code: '', HUSH_member: 'HUSH' }),
      service.call({ code: '' }, { headers: { 'x-api-key': 'HUSH-key-nobody-has' } }),
      service.call({ code: '' }, { headers: { 'x-request-id': 'HUSH [2J' } }),
      service.call({ code: '' }, { headers: { 'idempotency-key': '"HUSH-idempotency' } }),
      service.call(undefined, { path: '/HUSH-path?HUSH-query', method: 'GET' }),
      service.call(undefined, { path: '/v1/jobs/HUSH-job', method: 'GET' }),
      answerTo(service, 'GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: HUSH\u001b[2J\r\nConnection: close\r\n\r\n'),
      answerTo(service, 'GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: HUSH\n{"level":50}\r\n\r\n'),
    ];
    await Promise.all(load);
    const hungUp = await rawCall(service, { code: `${code}${waitingProgram('HUSH')}` });
    hungUp.destroy();
    const cancelled = await service.call(
      { code: 'import time; time.sleep(60)' },
      { headers: { prefer: 'respond-async' } },
    );
    await service.call(undefined, { path: cancelled.headers.get('location') ?? '', method: 'DELETE' });
    await inbox.has(2);
    await eventually('a dead webhook was tried', () => service.output.includes('"failure":"connection"'));
    expect(await service.stop()).toBe(0);
    const log = linesOf(service);
    expect(log.filter(({ msg }) => msg === 'Job done').length).toBeGreaterThanOrEqual(6);
    expect(log.filter(({ level }) => level >= ERROR)).toEqual([]);
    // Beside the log there is what is said to whoever started it, who is shown the key.
    const logged = service.output.split('\n').filter((line) => line.startsWith('{'));
    expect(logged).toHaveLength(log.length);
    for (const line of logged) expect(line).not.toMatch(/HUSH|\p{Cc}/u);
    expect(logged.join()).not.toContain(service.apiKey);
  });
});
