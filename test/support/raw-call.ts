import { connect, type Socket } from 'node:net';
import { ENDPOINT, type Service } from './service';

/** A call on a connection of its own, which its caller can leave before the answer. */
export async function rawCall(
  service: Service,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Socket> {
  const { hostname, port } = new URL(service.origin);
  const text = JSON.stringify(body);
  const lines = [
    `POST ${ENDPOINT} HTTP/1.1`,
    `Host: ${hostname}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    `x-api-key: ${headers['x-api-key'] ?? service.apiKey}`,
    ...Object.entries(headers).flatMap(([name, value]) => (name === 'x-api-key' ? [] : [`${name}: ${value}`])),
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.off('error', reject).on('error', () => undefined);
      socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`, () => {
        resolve(socket);
      });
    });
    socket.once('error', reject);
  });
}
