import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeCertificates } from './support/certificates';
import { eventually } from './support/eventually';
import { flooding, Receiver, saying } from './support/receiver';
import { type Answer, Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { type Received, WebhookInbox } from './support/webhook-inbox';

const [ANY, TEAM] = ['a-key-for-any-of-the-callers', 'a-key-of-a-team-of-its-own'];
const [NEW, OLD, OWN] = [1, 2, 3].map((filler) => `whsec_${Buffer.alloc(32, filler).toString('base64')}`) as [
  string,
  string,
  string,
];
const PYTHON = resolve(__dirname, '../python-runtime/.venv-dev/bin/python');
const ENVELOPE =
  'endpoint code id job_id response message pid queue_id run_time queue_time total_time queue_length build_number';

function verifiedWith(secrets: readonly string[], { headers, body }: Received): boolean[] {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const question = { secrets, body, headers: Object.fromEntries(names.map((name) => [name, headers[name]])) };
  const answers = execFileSync(PYTHON, [join(__dirname, 'support/verify_webhook.py')], {
    input: JSON.stringify(question),
  });
  return JSON.parse(answers.toString()) as boolean[];
}

describe('webhooks', () => {
  const certificates = makeCertificates('IP:127.0.0.1');
  const directory = new TemporaryDirectory();
  let service: Service;

  beforeAll(async () => {
    const authority = join(directory.path, 'authority.pem');
    writeFileSync(authority, certificates.authority);
    service = await Service.start({
      API_KEYS: `any:${ANY},team:${TEAM}`,
      WEBHOOK_SECRET: `${NEW},${OLD},team:${OWN}`,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      WORKER_CONCURRENCY: '2',
      NODE_EXTRA_CA_CERTS: authority,
    });
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  });

  const call = async (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    service.call(body, { headers: { 'x-api-key': ANY, ...headers } });

  /** Accepts a job to be run later, and says its id. */
  const submit = async (url: string, code = 'return 42', members: object = {}): Promise<string> => {
    const { status, json } = await call({ code, webhook_url: url, ...members }, { prefer: 'respond-async' });
    expect(status).toBe(202);
    return json.job_id as string;
  };

  const recordOf = async (jobId: string): Promise<Answer['json']> =>
    (await service.call(undefined, { path: `/v1/jobs/${jobId}`, method: 'GET', headers: { 'x-api-key': ANY } })).json;

  const redeliver = async (jobId: string, key = ANY): Promise<Answer> =>
    service.call(undefined, { path: `/v1/jobs/${jobId}/webhook/redeliver`, headers: { 'x-api-key': key } });

  /** The record of a job once so many tries of its delivery have come to something. */
  const tried = async (jobId: string, count = 1, withinMs = 10_000): Promise<Answer['json']> => {
    let record: Answer['json'];
    await eventually(
      `${count} tries are on the record`,
      async () => {
        record = await recordOf(jobId);
        const { length } = record.deliveries;
        return length >= count && record.deliveries[length - 1].error !== 'interrupted';
      },
      withinMs,
    );
    return record;
  };

  describe('what is sent', () => {
    it('is what the caller is answered, to the digit, and the answer is as usual', async () => {
      await using inbox = await WebhookInbox.open();
      const answer = await call({ code: 'print("x")\nreturn 2**100', webhook_url: inbox.url, id: 'mine' });
      expect(answer.status).toBe(200);
      const [received] = await inbox.has(1);
      expect(received?.body).toBe(answer.text);
      expect(received?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    });

    it.each([
      ['raise ValueError("no")', 400, { stdout: '', exit_code: 400 }],
      ['print("partial", flush=True)\nimport os; os._exit(3)', 400, { stdout: 'partial\n', exit_code: 400 }],
      ['while True: pass', 408, {}],
    ])('has the members of a success when the program fails: %j', async (code, status, rest) => {
      await using inbox = await WebhookInbox.open();
      const answer = await call({ code, timeout: 1, webhook_url: inbox.url });
      expect(answer.status).toBe(status);
      const [received] = await inbox.has(1);
      expect(Object.keys(received?.json as object).join(' ')).toBe(ENVELOPE);
      expect(received?.json).toMatchObject({
        code: status,
        message: answer.json.error,
        response: { ...rest, error: answer.json.error },
      });
      expect(received?.json.response).toEqual(answer.json);
    });

    it('tells of a job that was cancelled before it ran', async () => {
      await using inbox = await WebhookInbox.open();
      const long = 'import time; time.sleep(100)';
      const running = await Promise.all([submit(inbox.url, long), submit(inbox.url, long)]);
      const waiting = await submit(inbox.url);
      for (const jobId of [waiting, ...running]) {
        await service.call(undefined, { path: `/v1/jobs/${jobId}`, method: 'DELETE', headers: { 'x-api-key': ANY } });
      }
      const [received] = await inbox.has(1, waiting);
      expect(received?.json).toMatchObject({ code: 400, message: 'Execution was cancelled', pid: null });
    });

    it('is signed, as receivers verify it in Python: with the shared secrets, or with those of the key', async () => {
      await using inbox = await WebhookInbox.open();
      await call({ code: '"ñ"', webhook_url: inbox.url });
      await call({ code: '"ñ"', webhook_url: inbox.url }, { 'x-api-key': TEAM });
      await inbox.has(2);
      const [shared, own] = inbox.received.sort((a, b) => a.atMs - b.atMs) as [Received, Received];
      expect(verifiedWith([NEW, OLD, OWN], shared)).toEqual([true, true, false]);
      expect(verifiedWith([NEW, OLD, OWN], own)).toEqual([false, false, true]);
      expect(verifiedWith([NEW], { ...shared, body: shared.body.replace('200', '201') })).toEqual([false]);
    });

    it('goes with the credentials of the URL, which appear nowhere else', async () => {
      await using inbox = await WebhookInbox.open();
      const jobId = await submit(inbox.url.replace('//', '//user:pa55word@'));
      const [received] = await inbox.has(1);
      expect(received?.headers.authorization).toBe(`Basic ${Buffer.from('user:pa55word').toString('base64')}`);
      expect(JSON.stringify(await tried(jobId))).not.toContain('pa55word');
      expect(service.output).toContain(jobId);
      expect(service.output).not.toContain('pa55word');
    });
  });

  describe('a receiver that fails', () => {
    it('is tried again, with growing waits, and every try is on the record', async () => {
      await using inbox = await WebhookInbox.open((_received, count) => ({ status: count < 3 ? 500 : 200 }));
      const jobId = await submit(inbox.url);
      const first = await tried(jobId);
      expect(first).toMatchObject({
        webhook: { status: 'pending' },
        deliveries: [{ attempt: 1, status: 500, error: null }],
      });
      await inbox.has(2, jobId);
      const second = await tried(jobId, 2);
      const waits = (second.deliveries as { started_at: string; next_attempt_at: string }[]).map(
        ({ started_at, next_attempt_at }) => Date.parse(next_attempt_at) - Date.parse(started_at),
      ) as [number, number];
      expect(waits[0]).toBeGreaterThan(3_900);
      expect(waits[1]).toBeGreaterThan(2 * waits[0]);
      // Its caller need not wait for the next try.
      expect((await redeliver(jobId)).status).toBe(202);
      expect(await tried(jobId, 3)).toMatchObject({
        webhook: { status: 'delivered' },
        deliveries: [{ status: 500 }, { status: 500 }, { attempt: 3, status: 200, next_attempt_at: null }],
      });
      expect(new Set(inbox.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([jobId]));
      expect(new Set(inbox.received.map(({ body }) => body)).size).toBe(1);
    });

    it('is not tried again once it is gone', async () => {
      await using inbox = await WebhookInbox.open(() => ({ status: 410 }));
      const record = await tried(await submit(inbox.url));
      expect(record.deliveries).toMatchObject([{ status: 410, next_attempt_at: null }]);
      await eventually(
        'it is given up',
        async () => (await recordOf(record.job_id as string)).webhook.status === 'failed',
      );
    });

    it.each([
      ['seconds', () => '3600'],
      ['a date', () => new Date(Date.now() + 3_605_000).toUTCString()],
    ])('is left alone for as long as it asks, in %s', async (_form, retryAfter) => {
      await using inbox = await WebhookInbox.open(() => ({ status: 429, headers: { 'retry-after': retryAfter() } }));
      const [attempt] = (await tried(await submit(inbox.url))).deliveries;
      const waitMs = Date.parse(attempt.next_attempt_at as string) - Date.parse(attempt.started_at as string);
      expect(waitMs).toBeGreaterThanOrEqual(3_600_000);
      expect(waitMs).toBeLessThan(3_700_000);
    });

    it('is not followed to where it redirects', async () => {
      await using elsewhere = await WebhookInbox.open();
      await using inbox = await WebhookInbox.open(() => ({ status: 307, headers: { location: elsewhere.url } }));
      expect(await tried(await submit(inbox.url))).toMatchObject({
        webhook: { status: 'pending' },
        deliveries: [{ status: 307 }],
      });
      expect(elsewhere.received).toEqual([]);
    });

    it.each([
      ['closes within its answer', saying('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'), 200, null],
      ['never ends its answer', flooding('x', 'HTTP/1.1 200 OK\r\n\r\n'), 200, null],
      ['closes before it answers', saying(), null, 'connection'],
      ['never ends its headers', flooding('x: y\r\n', 'HTTP/1.1 200 OK\r\n'), null, 'answer'],
      ['speaks something else', saying('220 smtp.example.com ESMTP\r\n'), null, 'answer'],
    ])('has its verdict when it %s', async (_how, answer, status, error) => {
      await using receiver = await Receiver.start({ answer });
      const record = await tried(await submit(`http://127.0.0.1:${receiver.port}/`));
      expect(record.deliveries).toMatchObject([{ attempt: 1, status, error }]);
      await receiver.released();
    });

    it('has fifteen seconds', async () => {
      await using receiver = await Receiver.start({});
      const record = await tried(await submit(`http://127.0.0.1:${receiver.port}/`), 1, 25_000);
      expect(record.deliveries).toMatchObject([{ status: null, error: 'timeout' }]);
      expect(record.deliveries[0].duration).toBeGreaterThanOrEqual(15);
      expect(record.deliveries[0].duration).toBeLessThan(17);
    });
  });

  describe('over TLS', () => {
    it('reaches a receiver whose authority the operator trusts', async () => {
      const answer = saying('HTTP/1.1 204 No Content\r\n\r\n');
      await using receiver = await Receiver.start({ answer }, certificates);
      const record = await tried(await submit(`https://127.0.0.1:${receiver.port}/`));
      expect(record.deliveries).toMatchObject([{ status: 204 }]);
    });

    it('reaches no receiver of an authority that nobody knows', async () => {
      await using receiver = await Receiver.start({}, makeCertificates('IP:127.0.0.1'));
      const record = await tried(await submit(`https://127.0.0.1:${receiver.port}/`));
      expect(record.deliveries).toMatchObject([{ status: null, error: 'tls' }]);
    });
  });

  describe('many receivers', () => {
    it('each get theirs at once, although half of them are dead', async () => {
      await using resources = new AsyncDisposableStack();
      const open = async <T extends AsyncDisposable>(opening: Promise<T>): Promise<T> => resources.use(await opening);
      const dead = await Promise.all(Array.from({ length: 50 }, () => open(Receiver.start({}))));
      const alive = await Promise.all(Array.from({ length: 50 }, () => open(WebhookInbox.open())));
      const urls = dead.map(({ port }) => `http://127.0.0.1:${port}/`);
      // Several for each of the dead, and before all others: as many as there are places for tries at once.
      await Promise.all([...urls, ...urls, ...urls, ...urls, ...urls, ...urls].map((url) => submit(url, '0')));
      const jobIds = await Promise.all(alive.map(({ url }) => submit(url, '1')));
      // A try at a dead one lasts 15 seconds.
      await Promise.all(alive.map((inbox, index) => inbox.has(1, jobIds[index], 10_000)));
    }, 120_000);
  });

  describe('POST /v1/jobs/{job_id}/webhook/redeliver', () => {
    it('delivers once more what has been delivered', async () => {
      await using inbox = await WebhookInbox.open();
      const jobId = await submit(inbox.url);
      await eventually('it is delivered', async () => (await recordOf(jobId)).webhook.status === 'delivered');
      const { status, json } = await redeliver(jobId);
      expect([status, json.job_id]).toEqual([202, jobId]);
      const [first, second] = await inbox.has(2, jobId);
      expect(second?.body).toBe(first?.body);
      expect((await tried(jobId, 2)).deliveries).toMatchObject([{ attempt: 1 }, { attempt: 2, status: 204 }]);
    });

    it('refuses what there is nothing to deliver of, and tells no other key of it', async () => {
      await using inbox = await WebhookInbox.open();
      const { headers } = await call({ code: '1' });
      expect((await redeliver(headers.get('x-job-id')!)).text).toBe(
        '{"error":"The job has no webhook","stdout":"","exit_code":409}',
      );
      const running = await submit(inbox.url, 'import time; time.sleep(100)');
      expect((await redeliver(running)).text).toBe('{"error":"The job has not finished","stdout":"","exit_code":409}');
      expect((await redeliver(running, TEAM)).status).toBe(404);
      await service.call(undefined, { path: `/v1/jobs/${running}`, method: 'DELETE', headers: { 'x-api-key': ANY } });
    });
  });
});

describe('webhooks to addresses that are not public', () => {
  it('are refused at once where the address is written out', async () => {
    await using service = await Service.start({ ROLE: 'api' });
    for (const host of [
      '127.0.0.1',
      '0x7f.1',
      '017700000001',
      'localhost',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '169.254.169.254',
    ]) {
      const { status, json } = await service.call(
        { code: '1', webhook_url: `http://${host}/` },
        { headers: { accept: 'application/problem+json' } },
      );
      expect([host, status, json.errors?.[0]?.member]).toEqual([host, 400, 'webhook_url']);
    }
  });
});
