import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '../../../test/support/eventually';
import { answerInTurn } from './pipelining';

/** A server that answers when the test wants it to. */
async function serve(): Promise<{ begun: [string, ServerResponse][]; send(count: number): Socket } & AsyncDisposable> {
  const begun: [string, ServerResponse][] = [];
  const inTurn = answerInTurn();
  const server = createServer((request, response) => {
    inTurn(request, response, () => begun.push([request.url ?? '', response]));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    begun,
    send: (count) => {
      const requests = Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const socket = connect(port, '127.0.0.1', () => socket.write(requests.join('')));
      return socket.on('error', () => undefined);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe(answerInTurn.name, () => {
  it('begins a request when the one before it has been answered', async () => {
    await using server = await serve();
    let received = '';
    server.send(3).on('data', (chunk: Buffer) => (received += chunk.toString()));
    for (let turn = 0; turn < 3; turn++) {
      await eventually('the next one begins', () => server.begun.length > turn);
      expect(server.begun).toHaveLength(turn + 1);
      server.begun[turn]?.[1].end(`answer ${turn}`);
    }
    await eventually('all are answered', () => received.includes('answer 2'));
    expect(server.begun.map(([url]) => url)).toEqual(['/0', '/1', '/2']);
  });

  it('does not keep other connections waiting', async () => {
    await using server = await serve();
    server.send(1);
    server.send(1);
    await eventually('both begin', () => server.begun.length === 2);
  });

  it('begins nothing for a caller that has gone', async () => {
    await using server = await serve();
    const socket = server.send(2);
    await eventually('the first one begins', () => server.begun.length === 1);
    const closed = Promise.withResolvers<undefined>();
    server.begun[0]?.[1].on('close', closed.resolve);
    socket.destroy();
    await closed.promise;
    expect(server.begun).toHaveLength(1);
  });

  it('lets a hundred requests wait, and cuts who sends more', async () => {
    await using server = await serve();
    const patient = server.send(101);
    const closed = once(server.send(102), 'close');
    await closed;
    await eventually('the other one begins', () => server.begun.some(([, { destroyed }]) => !destroyed));
    expect(patient.destroyed).toBe(false);
  });
});
