import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '../../test/support/eventually';
import { type EndedJob } from '../domain/job-record';
import { type OutputPosition, START } from '../domain/output-position';
import { Transcript } from '../jobs/transcript';
import { EventStream } from './event-stream';

const RUN = 7;
const DONE = 'event: done\ndata: {}\n\n';

/** A job whose program writes what a test says. */
class FakeJob {
  run: number | null = null;
  stdout = new Transcript();
  stderr = new Transcript();
  ended: EndedJob | null = null;
  isGone = false;

  begin(run = RUN): void {
    this.run = run;
    this.stdout = new Transcript();
    this.stderr = new Transcript();
  }

  end(): void {
    this.ended = {} as EndedJob; // what is in it is the presenter's business
  }
}

describe(EventStream.name, () => {
  const server = createServer();
  let job: FakeJob;
  let response: ServerResponse;
  let client: IncomingMessage;
  let text: string;
  let stream: EventStream;

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    job = new FakeJob();
    text = '';
  });

  /** A client that has had so much asks; it reads nothing until it is told to. */
  async function open(position: OutputPosition = START, options = {}, done = DONE): Promise<void> {
    const { port } = server.address() as AddressInfo;
    const answered = once(request({ port, host: '127.0.0.1', agent: false }).end(), 'response');
    [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    stream = new EventStream(response, job, position, () => Buffer.from(done), options);
    stream.pump();
    [client] = (await answered) as [IncomingMessage];
    client.setEncoding('utf8').on('error', () => undefined);
  }

  function read(): void {
    client.on('data', (chunk: string) => (text += chunk));
  }

  const events = (): string[] => text.split('\n\n').filter((event) => event.startsWith('event:'));
  const untilRead = async (end: string): Promise<void> => {
    await eventually(`${end} is read`, () => text.endsWith(end));
  };

  it('tells what there is, what comes, and the end', async () => {
    job.begin();
    job.stdout.append('a');
    await open();
    read();
    job.stderr.append('b');
    job.stdout.append('c');
    stream.pump();
    job.end();
    stream.pump();
    await once(client, 'end');
    expect(text).toBe(
      'retry: 1000\n\n' +
        `event: stdout\nid: ${RUN}-1-0\ndata: "a"\n\n` +
        `event: stdout\nid: ${RUN}-2-0\ndata: "c"\n\n` +
        `event: stderr\nid: ${RUN}-2-1\ndata: "b"\n\n${DONE}`,
    );
  });

  it('tells only what is missing, once it is known what it is missing of', async () => {
    await open({ run: RUN, stdout: 2, stderr: 0 });
    read();
    stream.pump();
    job.begin();
    job.stdout.append('a');
    stream.pump();
    job.stdout.append('bc');
    stream.pump();
    await untilRead('"c"\n\n');
    expect(events()).toEqual([`event: stdout\nid: ${RUN}-3-0\ndata: "c"`]);
    stream.end();
  });

  it('says so when what was told is void', async () => {
    job.begin();
    job.stdout.append('void');
    await open();
    read();
    job.begin(RUN + 1);
    stream.pump();
    job.stdout.append('anew');
    stream.pump();
    await untilRead('"anew"\n\n');
    expect(events().slice(1)).toEqual([
      `event: restart\nid: ${RUN + 1}-0-0\ndata: null`,
      `event: stdout\nid: ${RUN + 1}-4-0\ndata: "anew"`,
    ]);
    stream.end();
  });

  it('ends when there is no record any more', async () => {
    await open();
    read();
    job.isGone = true;
    stream.pump();
    await once(client, 'end');
    expect(events()).toEqual([]);
  });

  it('keeps what is not taken out of its memory, and goes on where that was', async () => {
    job.begin();
    job.stdout.append('x'.repeat(30_000_000));
    await open();
    job.end();
    stream.pump();
    stream.pump();
    expect(response.writableNeedDrain).toBe(true);
    expect(response.writableLength).toBeLessThan(1_000_000);
    read();
    await once(client, 'end');
    const told = events()
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as string);
    expect(told.join('')).toHaveLength(30_000_000);
    expect(text.endsWith(DONE)).toBe(true);
  });

  it('writes a long record piece by piece', async () => {
    const record = `event: done\ndata: "${'é'.repeat(15_000_000)}"\n\n`;
    job.end();
    await open(START, {}, record);
    expect(response.writableLength).toBeLessThan(1_000_000);
    read();
    await once(client, 'end');
    expect(text.slice(text.indexOf('event'))).toBe(record);
  });

  it('beats while nothing happens', async () => {
    await open(START, { heartbeatMs: 1 });
    read();
    await untilRead('\n\n:\n\n:\n\n');
    stream.end();
  });

  it('is not cut while it is only quiet', async () => {
    await open(START, { heartbeatMs: 5, patienceMs: 50 });
    read();
    const startedAt = performance.now();
    await eventually('its patience would be over', () => performance.now() - startedAt > 200);
    expect(response.destroyed).toBe(false);
    stream.end();
  });

  it('cuts a reader that takes nothing', async () => {
    job.begin();
    job.stdout.append('x'.repeat(30_000_000));
    await open(START, { heartbeatMs: 5, patienceMs: 50 });
    await once(response, 'close');
    expect(response.writableFinished).toBe(false);
    stream.pump();
  });

  it('writes nothing to a reader that has gone', async () => {
    job.begin();
    await open(START, { heartbeatMs: 1 });
    client.destroy();
    await once(response, 'close');
    const write = jest.spyOn(response, 'write');
    job.stdout.append('late');
    stream.pump();
    stream.end();
    expect(write).not.toHaveBeenCalled();
  });
});
