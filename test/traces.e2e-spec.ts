import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually } from './support/eventually';
import { PrivateRedis } from './support/private-redis';
import { Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { type CollectedSpan, TraceCollector } from './support/trace-collector';
import { WebhookInbox } from './support/webhook-inbox';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLERS_SPAN = 'b7ad6b7169203331';
const TRACED = { traceparent: `00-${TRACE_ID}-${CALLERS_SPAN}-01`, tracestate: 'vendor=1' };
const LOOPBACK = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };

function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('traces', () => {
  it('shows one trace from the request over queue and jail to the webhook, over two processes', async () => {
    await using collector = await TraceCollector.open();
    await using inbox = await WebhookInbox.open((_received, count) => ({ status: count === 1 ? 503 : 204 }));
    await using redis = await PrivateRedis.start();
    const shared = {
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collector-token',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    };
    await using api = await Service.start({ ...shared, ...LOOPBACK, ROLE: 'api' });
    await using worker = await Service.start({ ...shared, ROLE: 'worker', OTEL_SERVICE_NAME: 'runner' });
    const secrets = ['code-secret', 'user-secret', 'query-secret', api.apiKey];
    const webhookUrl = inbox.url.replace('//', '//user:user-secret@') + '?token=query-secret';
    const body = { code: 'print("code-secret"); exit(3)', webhook_url: webhookUrl };
    const answer = await api.call(body, { headers: { ...TRACED, 'x-request-id': 'traced-1' } });
    expect(answer.status).toBe(400);
    const jobId = answer.headers.get('x-job-id');

    const spans = await collector.trace(TRACE_ID, 6);
    const request = named(spans, 'POST /v1/code/execute/python');
    const add = named(spans, 'add execution');
    const work = named(spans, 'process execution');
    const run = named(spans, 'run program');
    const tries = spans.filter(({ name }) => name === 'POST webhook');
    expect([request, add, work, run, ...tries].map(({ parentSpanId }) => parentSpanId)).toEqual([
      CALLERS_SPAN,
      request.spanId,
      add.spanId,
      work.spanId,
      add.spanId,
      add.spanId,
    ]);
    expect([request, add, work, run, ...tries].map(({ kind }) => kind)).toEqual([2, 4, 5, 1, 3, 3]);
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/code/execute/python',
      'http.response.status_code': 400,
    });
    for (const queued of [add, work]) {
      expect(queued.attributes).toMatchObject({
        'messaging.system': 'bull',
        'messaging.destination.name': 'execution',
        'messaging.message.id': jobId,
      });
    }
    expect(run.attributes).toMatchObject({ 'pyexec.outcome': 'exited', 'pyexec.exit_code': 3 });
    expect(run.events).toEqual(['program started']);
    // A program that fails is no failure of the service's; a receiver that does is one of the try.
    expect([request, run].map(({ status }) => status.code)).toEqual([0, 0]);
    const byStatus = tries.map((each) => [each.attributes['http.response.status_code'], each.status.code]);
    expect(byStatus).toEqual([
      [503, 2],
      [204, 0],
    ]);
    expect(inbox.received.map(({ headers }) => headers.traceparent)).toEqual(
      tries.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`),
    );
    expect(inbox.received[0]?.headers.tracestate).toBe('vendor=1');
    expect([request, run].map(({ resource }) => resource['service.name'])).toEqual([
      'python-execution-service',
      'runner',
    ]);
    expect(run.resource).toMatchObject({ 'deployment.environment.name': 'test', 'pyexec.role': 'worker' });
    expect([...collector.authorizations]).toEqual(['Bearer collector-token']);
    for (const secret of secrets) expect(collector.text).not.toContain(secret);
    expect(worker.output).toContain(`"requestId":"traced-1","traceId":"${TRACE_ID}"`);
  });

  it('takes no notice of a collector that is away, and sends what is left when it ends', async () => {
    await using collector = await TraceCollector.open();
    await using unreached = await Service.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    });
    await using last = await Service.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
    for (const service of [unreached, last]) expect((await service.run('1 + 1')).status).toBe(200);
    expect(collector.spans).toHaveLength(0);
    await eventually('it is said', () => unreached.output.includes('Traces cannot be sent'));
    expect((await unreached.run('2 + 2')).status).toBe(200);
    expect(await Promise.all([unreached.stop(), last.stop()])).toEqual([0, 0]);
    expect(collector.spans.map(({ name }) => name)).toContain('POST /v1/code/execute/python');
    expect(unreached.output).not.toContain('"level":50');
    expect(unreached.output.match(/Traces cannot be sent/g)).toHaveLength(1);
  });

  it('hands a trace on, and loads nothing of the SDK, where no collector is named', async () => {
    using directory = new TemporaryDirectory();
    await using inbox = await WebhookInbox.open();
    await using collector = await TraceCollector.open();
    const loadedBy = async (name: string, environment: Record<string, string>): Promise<string> => {
      const file = join(directory.path, name);
      const preloaded = `--import ${resolve(__dirname, 'support/loaded-modules.mjs')}`;
      await using service = await Service.start({
        ...LOOPBACK,
        ...environment,
        NODE_OPTIONS: preloaded,
        LOADED_MODULES_FILE: file,
      });
      const answer = await service.call({ code: '1', webhook_url: inbox.url }, { headers: TRACED });
      await inbox.has(1, answer.headers.get('x-job-id') ?? '');
      await service.stop();
      return readFileSync(file, 'utf8');
    };
    const untraced = await loadedBy('untraced', {});
    expect(inbox.received[0]?.headers).toMatchObject(TRACED);
    const traced = await loadedBy('traced', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    expect(traced).toContain('@opentelemetry/sdk-trace');
    expect(untraced).toContain('platform/tracing/tracing.js');
    expect(untraced).not.toMatch(/@opentelemetry\/(sdk|exporter|resources|core)/);
  });
});
