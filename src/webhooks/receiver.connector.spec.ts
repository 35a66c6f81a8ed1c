import { type LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { makeCertificates } from '../../test/support/certificates';
import { Receiver } from '../../test/support/receiver';
import { AddressRule } from '../platform/net/address-rule';
import { type NameLookup } from './name.resolver';
import { NoConnectionError, ReceiverConnector } from './receiver.connector';

const local = new AddressRule(['127.0.0.0/8']);
const strict = new AddressRule([]);

function resolvingTo(...addresses: readonly string[]): NameLookup {
  const found: LookupAddress[] = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return () => Promise.resolve(found);
}

const neverCalled: NameLookup = () => Promise.reject(new Error('An address has been looked up'));

/** Why there is no connection. */
async function failureOf(connector: ReceiverConnector, url: string, signal?: AbortSignal): Promise<NoConnectionError> {
  const failure: unknown = await connector.connect(new URL(url), signal ?? new AbortController().signal).then(
    (socket) => {
      socket.destroy();
      throw new Error(`A connection to ${socket.remoteAddress ?? ''}`);
    },
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(NoConnectionError);
  return failure as NoConnectionError;
}

describe(ReceiverConnector.name, () => {
  describe('the address', () => {
    it.each([
      ['127.0.0.1'],
      ['10.0.0.1', '127.0.0.1', 'fd00::1'],
      // Nobody listens there.
      ['127.0.0.2', '127.0.0.3', '127.0.0.1'],
    ])('is any that the rule allows and that answers: %s, %s, %s', async (...addresses: string[]) => {
      await using receiver = await Receiver.start({});
      const end = new AbortController();
      const connector = new ReceiverConnector(local, resolvingTo(...addresses.filter(Boolean)));
      const socket = await connector.connect(new URL(`http://host.example:${receiver.port}/`), end.signal);
      expect(socket.remoteAddress).toBe('127.0.0.1');
      end.abort();
      await receiver.released();
    });

    it.each(['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]', '127.0.0.1.'])(
      'is not one that is forbidden, written as %s',
      async (host) => {
        await using receiver = await Receiver.start({});
        const failure = await failureOf(new ReceiverConnector(strict, neverCalled), `http://${host}:${receiver.port}/`);
        expect(failure).toMatchObject({
          failure: 'forbiddenAddress',
          message: 'no connection to the host (its address is not public)',
        });
        expect(receiver.requests).toEqual([]);
      },
    );

    it.each([['127.0.0.1'], ['::ffff:127.0.0.1', '::1'], ['169.254.169.254', '127.0.0.1']])(
      'is not one that is forbidden, when a name leads there: %s',
      async (...addresses: string[]) => {
        await using receiver = await Receiver.start({});
        const connector = new ReceiverConnector(strict, resolvingTo(...addresses));
        const failure = await failureOf(connector, `http://host.example:${receiver.port}/`);
        expect(failure.failure).toBe('forbiddenAddress');
        expect(receiver.requests).toEqual([]);
      },
    );

    it('is what the name leads to now, not what it led to before', async () => {
      await using receiver = await Receiver.start({});
      const answers = [resolvingTo('127.0.0.1'), resolvingTo('127.0.0.1')];
      const rebinding: NameLookup = (...query) => (answers.shift() ?? resolvingTo('10.0.0.1'))(...query);
      const connector = new ReceiverConnector(local, rebinding);
      const url = new URL(`http://host.example:${receiver.port}/`);
      const end = new AbortController();
      for (let tries = 0; tries < 2; tries++) await connector.connect(url, end.signal);
      expect((await failureOf(connector, url.href)).failure).toBe('forbiddenAddress');
      end.abort();
    });

    it.each(['http', 'https'])('is looked at once more before anything is written, for %s', async (scheme) => {
      await using receiver = await Receiver.start({});
      // It leads to 127.0.0.1, which this rule forbids.
      const connector = new ReceiverConnector(new AddressRule(['0.0.0.0/32']), neverCalled);
      const end = new AbortController();
      const failure = await failureOf(connector, `${scheme}://0.0.0.0:${receiver.port}/`, end.signal);
      expect(failure.failure).toBe('forbiddenAddress');
      end.abort();
      await receiver.released();
      expect(receiver.requests).toEqual(['']);
    });
  });

  describe('without a connection', () => {
    it('tells that the name has no address', async () => {
      const unknown: NameLookup = () => Promise.reject(Object.assign(new Error('host.example'), { code: 'ENOTFOUND' }));
      const failure = await failureOf(new ReceiverConnector(local, unknown), 'http://user:secret@host.example/');
      expect(failure).toMatchObject({ failure: 'name', message: 'no address for the host name (ENOTFOUND)' });
    });

    it.each([
      ['http://127.0.0.1:1/', 'ECONNREFUSED'],
      ['http://host.example:1/', 'ECONNREFUSED'],
    ])('tells that nobody listens at %s', async (url, code) => {
      const failure = await failureOf(new ReceiverConnector(local, resolvingTo('127.0.0.1', '127.0.0.2')), url);
      expect(failure).toMatchObject({ failure: 'connection', message: `no connection to the host (${code})` });
    });

    it.each<[string, string, NameLookup]>([
      [
        'name',
        'no address for the host name',
        (_name, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          }),
      ],
      ['tls', 'no secure connection to the host', resolvingTo('127.0.0.1')],
    ])('tells how far it came when it is ended: %s', async (step, missing, lookup) => {
      await using receiver = await Receiver.start({});
      const failure = await failureOf(
        new ReceiverConnector(local, lookup),
        `https://host.example:${receiver.port}/`,
        AbortSignal.timeout(100),
      );
      expect(failure).toMatchObject({ failure: step, missing });
      await receiver.released();
    });
  });

  describe('over TLS', () => {
    const certificates = makeCertificates('DNS:host.example,IP:127.0.0.1');
    const known = getCACertificates('default');
    afterEach(() => {
      setDefaultCACertificates(known);
    });

    async function connectTo(host: string, receiver: Receiver, signal: AbortSignal): Promise<TLSSocket> {
      const connector = new ReceiverConnector(local, resolvingTo('127.0.0.1'));
      return (await connector.connect(new URL(`https://${host}:${receiver.port}/`), signal)) as TLSSocket;
    }

    it.each(['host.example', 'HOST.example.', '127.0.0.1'])('knows %s by its certificate', async (host) => {
      await using receiver = await Receiver.start({}, certificates);
      setDefaultCACertificates([...known, certificates.authority]);
      const end = new AbortController();
      const socket = await connectTo(host, receiver, end.signal);
      expect(socket.authorized).toBe(true);
      expect(socket.getProtocol()).toBe('TLSv1.3');
      end.abort();
      await receiver.released();
    });

    it('asks for the name, without a final dot', async () => {
      const names: string[] = [];
      const SNICallback = (name: string, done: (error: null) => void): void => {
        names.push(name);
        done(null);
      };
      await using receiver = await Receiver.start({}, { ...certificates, SNICallback });
      setDefaultCACertificates([...known, certificates.authority]);
      const end = new AbortController();
      for (const host of ['host.example', 'host.example.', '127.0.0.1']) await connectTo(host, receiver, end.signal);
      expect(names).toEqual(['host.example', 'host.example']);
      end.abort();
    });

    it.each([
      ['host.example', [], 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ['other.example', [certificates.authority], 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('refuses who cannot show that it is %s', async (host, authorities, code) => {
      await using receiver = await Receiver.start({}, certificates);
      setDefaultCACertificates([...known, ...authorities]);
      const end = new AbortController();
      await expect(connectTo(host, receiver, end.signal)).rejects.toMatchObject({
        message: expect.stringContaining(code),
      });
      end.abort();
      await receiver.released();
      expect(receiver.requests.join('')).toBe('');
    });

    it('refuses who speaks no TLS, and verifies whatever the environment says', async () => {
      jest.replaceProperty(process, 'env', { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      await using plain = await Receiver.start({ accept: (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n') });
      await using unknown = await Receiver.start({}, certificates);
      const end = new AbortController();
      for (const receiver of [plain, unknown]) {
        await expect(connectTo('host.example', receiver, end.signal)).rejects.toMatchObject({ failure: 'tls' });
      }
      end.abort();
    });
  });
});
