import { type OutputPosition, type OutputStream, START } from '../domain/output-position';

// WHATWG HTML, "Server-sent events". All text in `data` is JSON: line breaks are escaped in it, and arrive as they are.

/** A comment: keeps proxies from taking a quiet stream for a dead one. */
export const HEARTBEAT = ':\n\n';

/** How long clients are to wait before they come back, in milliseconds. */
const RETRY_MS = 1_000;
export const RETRY_HINT = `retry: ${RETRY_MS}\n\n`;

/** Id of the last event: whoever has it has had everything. */
export const DONE_ID = 'done';

/** Text that a program has written. @param position where whoever has read it stands */
export function outputEvent(stream: OutputStream, text: string, position: OutputPosition): string {
  return formatEvent(stream, formatId(position), JSON.stringify(text));
}

/** What was told is void, for the program runs again. @param position the start of the new run */
export function restartEvent(position: OutputPosition): string {
  return formatEvent('restart', formatId(position), 'null');
}

/** The end of the job. @param recordJson its record */
export function doneEvent(recordJson: string): string {
  return formatEvent('done', DONE_ID, recordJson);
}

/** Where a client stands that has had the event with that id; the start when it is none of ours. */
export function readPosition(lastEventId: string | undefined): OutputPosition {
  const [, run, stdout, stderr] = /^(\d{1,15})-(\d{1,15})-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
  return run === undefined ? START : { run: Number(run), stdout: Number(stdout), stderr: Number(stderr) };
}

function formatId({ run, stdout, stderr }: OutputPosition): string {
  return `${run}-${stdout}-${stderr}`;
}

function formatEvent(name: string, id: string, json: string): string {
  // A result is the program's own JSON, and may have line breaks between its parts.
  return `event: ${name}\nid: ${id}\ndata: ${json.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;
}
