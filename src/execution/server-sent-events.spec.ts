import { EventSource } from 'eventsource';
import { START } from '../domain/output-position';
import {
  DONE_ID,
  doneEvent,
  HEARTBEAT,
  outputEvent,
  readPosition,
  restartEvent,
  RETRY_HINT,
} from './server-sent-events';

interface Parsed {
  readonly id: string;
  readonly data: string;
}

/** What a client makes of a stream: its first event of a type. */
async function parse(type: string, stream: string): Promise<Parsed> {
  const headers = { 'content-type': 'text/event-stream' };
  const source = new EventSource('http://service/', {
    fetch: () => Promise.resolve(new Response(stream, { headers })),
  });
  const { promise, resolve } = Promise.withResolvers<Parsed>();
  source.addEventListener(type, ({ lastEventId, data }) => {
    resolve({ id: lastEventId, data: data as string });
  });
  return promise.finally(() => {
    source.close();
  });
}

describe(outputEvent.name, () => {
  it.each([
    '',
    'line\n',
    'a\r\nb\rc\nd',
    '\n\n',
    '\u2028\u2029\0\ufeff',
    ' leading',
    'data: x\n\nevent: done\n\n',
    '😀',
  ])('carries %j unharmed', async (text) => {
    const position = { run: 1_764_000_000_000, stdout: 1024, stderr: 17 };
    const { id, data } = await parse('stdout', RETRY_HINT + HEARTBEAT + outputEvent('stdout', text, position));
    expect(JSON.parse(data)).toBe(text);
    expect(readPosition(id)).toEqual(position);
  });

  it('carries half a character of somebody who has the other half', async () => {
    const { data } = await parse('stderr', outputEvent('stderr', '\ude00', { run: 1, stdout: 0, stderr: 2 }));
    expect(JSON.parse(data)).toBe('\ude00');
  });
});

describe(restartEvent.name, () => {
  it('is one that a client takes note of', async () => {
    expect(await parse('restart', restartEvent({ run: 2, stdout: 0, stderr: 0 }))).toEqual({
      id: '2-0-0',
      data: 'null',
    });
  });
});

describe(doneEvent.name, () => {
  it.each(['{"result":1}', '{"result":[1,\n2,\r\n3,\r4]}', '{\n\n}'])('carries the record %j', async (json) => {
    const { id, data } = await parse('done', doneEvent(json));
    expect(id).toBe(DONE_ID);
    expect(data).toBe(json.replace(/\r\n?/g, '\n'));
    expect(JSON.parse(data)).toEqual(JSON.parse(json));
  });
});

describe(readPosition.name, () => {
  it.each([
    undefined,
    '',
    DONE_ID,
    '1-2',
    '1-2-3-4',
    '-1-2-3',
    '1-2-3 ',
    '1-2-0x3',
    '1.5-2-3',
    '1-2-3, 1-2-3',
    `1-2-${'9'.repeat(16)}`,
  ])('takes %j for the start', (id) => {
    expect(readPosition(id)).toBe(START);
  });
});
