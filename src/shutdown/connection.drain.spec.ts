import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { ConnectionDrain } from './connection.drain';

describe(ConnectionDrain.name, () => {
  let drain: ConnectionDrain;

  beforeEach(() => {
    drain = new ConnectionDrain();
  });

  it('closes connections with their next answer, those under way too, and never without one', async () => {
    const held = Promise.withResolvers<() => void>();
    const server = createServer((request, response) => {
      drain.follow(request, response, () => {
        if (request.url === '/held') held.resolve(() => response.end());
        else response.end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    const call = async (path: string): Promise<string | undefined> => {
      const [answer] = (await once(get({ port, path, agent }), 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return answer.headers.connection;
    };
    expect(await call('/before')).toBe('keep-alive');
    const underWay = call('/held');
    const idle = call('/before');
    const [release] = await Promise.all([held.promise, idle]);
    drain.onModuleDestroy();
    release();
    expect(await underWay).toBe('close');
    // On the connection that was idle, and on a new one.
    expect([await call('/after'), await call('/after')]).toEqual(['close', 'close']);
    agent.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  describe('whenQuiet', () => {
    /** A request comes. */
    function come(): void {
      const request = { url: '/v1/runtime' } as IncomingMessage;
      drain.follow(request, new ServerResponse(request), () => undefined);
    }

    it('waits until requests have stopped', async () => {
      drain.onModuleDestroy();
      let left = 10;
      const timer = setInterval(() => {
        come();
        if (--left === 0) clearInterval(timer);
      }, 10);
      await drain.whenQuiet(1_000, 60_000);
      expect(left).toBe(0);
    });

    it('waits no longer than for a time when they do not stop', async () => {
      drain.onModuleDestroy();
      const timer = setInterval(come, 10);
      await expect(drain.whenQuiet(60_000, 50)).resolves.toBeUndefined();
      clearInterval(timer);
    });
  });
});
