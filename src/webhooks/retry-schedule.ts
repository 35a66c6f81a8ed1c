import { isDelivered, type WebhookVerdict } from './webhook-answer';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits between eight tries, a day together. */
const WAITS_MS = [5 * SECOND, 30 * SECOND, 3 * MINUTE, 20 * MINUTE, 2 * HOUR, 8 * HOUR, 13.5 * HOUR];
/** Each wait is up to this part of it shorter or longer, so that what failed together does not come again together. */
const JITTER = 0.2;
/** No receiver can put a try off for longer. */
const MAX_RETRY_AFTER_MS = 12 * HOUR;
const GONE = 410;

/**
 * How many milliseconds to wait before the next try; null when there is none: the message is delivered, the receiver is
 * gone for good (410), or this was the last try. The wait is the longer one of ours and the receiver's, but the receiver's
 * is at most twelve hours.
 * @param tries made so far, the one that was answered so included
 * @param random gives numbers from 0 to 1
 */
export function nextWaitMs(tries: number, answer: WebhookVerdict, random: () => number = Math.random): number | null {
  const wait = WAITS_MS[tries - 1];
  if (wait === undefined || isDelivered(answer)) return null;
  if ('failure' in answer) return jittered(wait, random);
  if (answer.status === GONE) return null;
  return Math.max(jittered(wait, random), Math.min(answer.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

function jittered(waitMs: number, random: () => number): number {
  return Math.round(waitMs * (1 - JITTER + 2 * JITTER * random()));
}
