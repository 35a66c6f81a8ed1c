/**
 * Why a try came to no status. `name`: the host's name could not be resolved. `forbiddenAddress`: it has no address that
 * may be connected to. `tls`: no secure connection, or not with who it should be. `answer`: what came was no HTTP, or too
 * much of it before a status. `connection`: anything else that ends a connection, or keeps it from standing.
 * `interrupted`: we did not get as far; no fault of the receiver's.
 */
export type WebhookFailure = 'name' | 'forbiddenAddress' | 'connection' | 'tls' | 'answer' | 'timeout' | 'interrupted';

/** What a try came to. */
export type WebhookVerdict =
  | {
      readonly status: number;
      /** How long the receiver asks to be left alone; null when it does not. */
      readonly retryAfterMs: number | null;
    }
  | {
      readonly failure: WebhookFailure;
      /** A few words for whoever looks into it: no URL, no address, no secret. */
      readonly detail: string;
    };

/** The same, and how long the try took from its beginning to its end. */
export type WebhookAnswer = WebhookVerdict & { readonly durationMs: number };

/** Whether the receiver has taken the message. */
export function isDelivered(answer: WebhookVerdict): boolean {
  return 'status' in answer && answer.status >= 200 && answer.status <= 299;
}
