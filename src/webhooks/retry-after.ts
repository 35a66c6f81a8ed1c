/** Clocks that wrong say wrong dates: a receiver can ask for no more. */
const MAX_SECONDS = 366 * 24 * 3600;

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = String.raw`\d{2}:\d{2}:\d{2}`;
/** The three forms of a date that RFC 9110, 5.6.7 makes every recipient take. All are UTC; the last does not say so. */
const HTTP_DATES = [
  new RegExp(String.raw`^${DAY}, \d{2} ${MONTH} \d{4} ${TIME} GMT$`),
  new RegExp(String.raw`^${DAY}[a-z]*day, \d{2}-${MONTH}-\d{2} ${TIME} GMT$`),
  new RegExp(String.raw`^${DAY} ${MONTH} [ \d]\d ${TIME} \d{4}$`),
];

/**
 * How many milliseconds from now a `Retry-After` header means, 0 for a time that is past, a year at most; null when it
 * means nothing. RFC 9110, 10.2.3: seconds, or a date.
 */
export function parseRetryAfter(value: string | string[] | undefined, now = Date.now()): number | null {
  const text = (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : dateOf(text) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), MAX_SECONDS * 1000);
}

/** NaN when it is no date. */
function dateOf(text: string): number {
  if (!HTTP_DATES.some((form) => form.test(text))) return NaN;
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
