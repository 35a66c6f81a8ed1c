import { join } from 'node:path';
import { eventually } from './support/eventually';
import { Service } from './support/service';
import { TemporaryDirectory } from './support/temporary-directory';
import { WebhookInbox } from './support/webhook-inbox';

const FAULT_POINT = join(__dirname, 'support/fault-point.mjs');
const RECOVERY_MS = 120_000;

// In the order in which a job passes them. Before its end is noted its worker takes what it came to with it, and it runs again.
const POINTS = [
  'records/job-records#JobRecords.end@before',
  'records/job-records#JobRecords.end@after',
  'records/job-records#JobRecords.handedOver@before',
  'records/job-records#JobRecords.handedOver@after',
  'records/job-records#JobRecords.noteTry@before',
  'records/job-records#JobRecords.noteTry@after',
  'webhooks/webhook.client#WebhookClient.send@after',
  'records/job-records#JobRecords.endDelivery@before',
  'records/job-records#JobRecords.endDelivery@after',
];

describe('a service that is killed between the end of a job and the delivery of its result', () => {
  it.concurrent.each(POINTS)(
    'delivers it all the same when killed at %s',
    async (point) => {
      using directory = new TemporaryDirectory();
      await using inbox = await WebhookInbox.open();
      const settings = { DATA_DIR: directory.path, WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', WORKER_CONCURRENCY: '1' };
      const fault = { NODE_OPTIONS: `--import=${FAULT_POINT}`, FAULT_POINT: point };
      const killed = await Service.start({ ...settings, ...fault });
      const { headers } = await killed.call(
        { code: 'return 6 * 7', webhook_url: inbox.url },
        { headers: { prefer: 'respond-async' } },
      );
      const jobId = headers.get('x-job-id')!;
      expect(await killed.ended()).toBeNull();

      await using service = await Service.start(settings);
      const [first] = await inbox.has(1, jobId, RECOVERY_MS);
      expect(first?.json).toMatchObject({ code: 200, job_id: jobId, response: { result: 42 } });
      await eventually(
        'the record says so',
        async () =>
          (await service.call(undefined, { path: `/v1/jobs/${jobId}`, method: 'GET' })).json.webhook.status ===
          'delivered',
        RECOVERY_MS,
      );
      const bodies = new Set(inbox.received.map(({ body }) => body));
      expect(bodies.size).toBe(1);
    },
    2 * RECOVERY_MS,
  );
});
