import { type IncomingMessage, ServerResponse } from 'node:http';
import { nameRequest } from './request-id';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function name(given: string | undefined): [id: string, answered: unknown] {
  const request = { method: 'GET', headers: { ...(given !== undefined && { 'x-request-id': given }) } } as unknown;
  const response = new ServerResponse(request as IncomingMessage);
  return [nameRequest(request as IncomingMessage, response), response.getHeader('x-request-id')];
}

describe(nameRequest.name, () => {
  it.each(['1', 'x'.repeat(128), '01JD/abc+d=:e~f@g.h_i-j'])('takes %s', (given) => {
    expect(name(given)).toEqual([given, given]);
  });

  it.each([undefined, '', 'x'.repeat(129), 'a b', 'a,b', 'a\n', 'a\u001b[31m', 'é', '{"a"}', '%0a'])(
    'makes an id in place of %j',
    (given) => {
      const [id, answered] = name(given);
      expect(id).toMatch(UUID);
      expect(answered).toBe(id);
    },
  );
});
