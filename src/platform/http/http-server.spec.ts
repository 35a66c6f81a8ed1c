import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { cutStuckReaders, setTimeouts } from './http-server';

const PATIENCE_MS = 50;
const LARGE = Buffer.alloc(32 * 1024 * 1024);

/** A server whose readers have little time; the test ends with its scope. */
async function serve(answer: RequestListener): Promise<{ call(): Socket } & AsyncDisposable> {
  const cut = cutStuckReaders(PATIENCE_MS);
  const server = createServer((request, response) => {
    cut(request, response, () => {
      answer(request, response);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    call: () => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      );
      socket.on('error', () => undefined);
      return socket;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe(cutStuckReaders.name, () => {
  it('cuts a caller that does not read its answer', async () => {
    const closed = Promise.withResolvers<boolean>();
    await using server = await serve((_request, response) => {
      response.on('close', () => {
        closed.resolve(response.writableFinished);
      });
      response.end(LARGE);
    });
    server.call().pause();
    await expect(closed.promise).resolves.toBe(false);
  });

  it('waits for an answer that takes long to make', async () => {
    await using server = await serve((_request, response) => {
      // Long enough for the patience to have run out a few times.
      setTimeout(() => response.end('late'), 4 * PATIENCE_MS);
    });
    let received = '';
    const socket = server.call().on('data', (chunk: Buffer) => (received += chunk.toString()));
    await once(socket, 'close');
    expect(received).toContain('late');
  });
});

describe(setTimeouts.name, () => {
  const HEADERS_TIMEOUT_MS = 100;
  /** Node, left alone, looks after 30 seconds. */
  const CUT_WITHIN_MS = 10_000;

  it(
    'has callers whose headers take too long cut soon after',
    async () => {
      const server = createServer();
      setTimeouts(server, HEADERS_TIMEOUT_MS);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: '));
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      await once(socket, 'close');
      expect(received).toMatch(/^HTTP\/1\.1 408 /);
      await new Promise((resolve) => server.close(resolve));
    },
    CUT_WITHIN_MS,
  );
});
