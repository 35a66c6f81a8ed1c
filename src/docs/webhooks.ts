import { type WebhooksObject } from '@nestjs/swagger';
import { type OutcomePresenter } from '../envelope/outcome.presenter';
import { header } from './headers';
import { answeredJob, SAMPLE_OUTCOMES } from './sample-jobs';
import { reference } from './schema';

/** What the service sends by itself. */
export function webhooks(presenter: OutcomePresenter): WebhooksObject {
  const examples = Object.fromEntries(
    Object.entries(SAMPLE_OUTCOMES).map(([kind, outcome]) => [
      kind,
      { value: JSON.parse(presenter.presentForWebhook(answeredJob(outcome))) as unknown },
    ]),
  );
  return {
    jobEnded: {
      post: {
        operationId: 'jobEnded',
        tags: ['webhooks'],
        summary: 'The result of a job, POSTed to its `webhook_url`',
        description:
          'Signed as Standard Webhooks has it. Anything but a 2xx is tried again, 8 times in all over about a day; 410 ends ' +
          'it. The same message may come more than once: `webhook-id` is the same then. Redirects are not followed.',
        security: [],
        parameters: [
          header('webhook-id', { type: 'string', format: 'uuid' }, 'Id of the job, the same at every try.', true),
          header('webhook-timestamp', { type: 'integer' }, 'When this try was made, in seconds since 1970.', true),
          header(
            'webhook-signature',
            { type: 'string', pattern: '^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$' },
            '`v1,` and the HMAC-SHA256 of `webhook-id.webhook-timestamp.body` in base64; one for each secret.',
            true,
          ),
          header('traceparent', { type: 'string' }, 'The trace that the try belongs to, where traces are made.'),
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: reference('WebhookMessage'), examples } },
        },
        responses: {
          '2XX': { description: 'It has been taken.' },
          410: { description: 'Nobody is here any more: it is not tried again.' },
          default: { description: 'It is tried again, not before what `Retry-After` says.' },
        },
      },
    },
  };
}
