import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { within } from '../../test/support/within';
import { hangUp } from './hang-up';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe(hangUp.name, () => {
  let server: Server;
  let socket: Socket;
  let response: ServerResponse;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const arrived = new Promise<ServerResponse>((resolve) => {
      server.once('request', (_request, sending: ServerResponse) => {
        resolve(sending);
      });
    });
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(REQUEST);
    response = await arrived;
  });

  afterEach(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  const closed = async (): Promise<void> =>
    new Promise((resolve) => {
      response.once('close', () => {
        resolve();
      });
    });

  it.each<[string, () => void]>([
    ['closes its connection', () => socket.destroy()],
    ['resets it', () => socket.resetAndDestroy()],
    ['sends no more', () => socket.end()],
  ])('sees a caller that %s', async (_how, leave) => {
    const gone = hangUp(response);
    leave();
    await expect(within(5, 'it is seen', gone)).resolves.toBeNull();
  });

  it('sees one that has gone before', async () => {
    const isClosed = closed();
    socket.destroy();
    await isClosed;
    await expect(within(5, 'it is seen', hangUp(response))).resolves.toBeNull();
  });

  it('sees one that goes in the middle of the answer', async () => {
    const gone = hangUp(response);
    response.writeHead(200, { 'content-length': 10 }).write('half');
    socket.once('data', () => socket.destroy());
    await expect(within(5, 'it is seen', gone)).resolves.toBeNull();
  });

  it('takes no caller for gone that has its answer', async () => {
    const gone = jest.fn();
    void hangUp(response).then(gone);
    const isClosed = closed();
    socket.resume();
    response.end('whole');
    await isClosed;
    socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(gone).not.toHaveBeenCalled();
  });
});
