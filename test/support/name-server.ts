import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

const HEADER_BYTES = 12;
const RECORD_KINDS: Readonly<Record<number, 'ipv4' | 'ipv6'>> = { 1: 'ipv4', 28: 'ipv6' };
const NO_SUCH_NAME = 3;
/** What a server says that cannot find out. */
export const SERVER_FAILURE = 2;

/** What a server says of a name: its addresses, an error code (RFC 1035, 4.1.1), or nothing at all. */
export type Zone = Readonly<Record<string, readonly string[] | number | 'silence'>>;

/** A name server on 127.0.0.1 that has A and AAAA records. Names that are not in its zone do not exist. */
export class NameServer implements AsyncDisposable {
  /** The names it has been asked for, once for each kind of record. */
  readonly asked: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly zone: Zone,
  ) {
    socket.on('message', (query, { port, address }) => {
      const answer = this.answer(query);
      if (answer !== null) socket.send(answer, port, address);
    });
  }

  static async start(zone: Zone): Promise<NameServer> {
    const socket = createSocket('udp4');
    const server = new NameServer(socket, zone);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  /** RFC 1035, 4.1: a header, the question, the records. */
  private answer(query: Buffer): Buffer | null {
    const end = query.indexOf(0, HEADER_BYTES) + 1;
    const type = query.readUInt16BE(end);
    const name = readName(query.subarray(HEADER_BYTES, end));
    this.asked.push(name);
    const known = this.zone[name] ?? NO_SUCH_NAME;
    if (known === 'silence') return null;
    const addresses = typeof known === 'number' ? [] : known.map((address) => ipaddr.parse(address));
    const records = addresses.filter((address) => address.kind() === RECORD_KINDS[type]);
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(0x8180 | (typeof known === 'number' ? known : 0), 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    const question = query.subarray(HEADER_BYTES, end + 4);
    return Buffer.concat([header, question, ...records.map((address) => record(type, address.toByteArray()))]);
  }
}

/** Labels, each with its length before it. */
function readName(bytes: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; (bytes[at] ?? 0) > 0; at += (bytes[at] ?? 0) + 1) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] ?? 0)));
  }
  return labels.join('.').toLowerCase();
}

/** One that belongs to the question's name and is not to be remembered. */
function record(type: number, data: readonly number[]): Buffer {
  return Buffer.from([0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length, ...data]);
}
