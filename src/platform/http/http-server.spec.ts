import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { cutStuckReaders, setTimeouts } from './http-server';

const PATIENCE_MS = 50;
const LARGE = Buffer.alloc(32 * 1024 * 1024);

/** A server whose readers have little time. */
function serve(answer: RequestListener): Server {
  const cut = cutStuckReaders(PATIENCE_MS);
  return createServer((request, response) => {
    cut(request, response, () => {
      answer(request, response);
    });
  });
}

/** Has it listen until the test ends with its scope. */
async function listening(server: Server): Promise<{ call(bytes?: string): Socket } & AsyncDisposable> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    call: (bytes = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
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
    await using server = await listening(
      serve((_request, response) => {
        response.on('close', () => {
          closed.resolve(response.writableFinished);
        });
        response.end(LARGE);
      }),
    );
    server.call().pause();
    await expect(closed.promise).resolves.toBe(false);
  });

  it('waits for an answer that takes long to make', async () => {
    await using server = await listening(
      serve((_request, response) => {
        // Long enough for the patience to have run out a few times.
        setTimeout(() => response.end('late'), 4 * PATIENCE_MS);
      }),
    );
    await expect(text(server.call())).resolves.toContain('late');
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
      await using slow = await listening(server);
      await expect(text(slow.call('GET / HTTP/1.1\r\nHost: '))).resolves.toMatch(/^HTTP\/1\.1 408 /);
    },
    CUT_WITHIN_MS,
  );
});
