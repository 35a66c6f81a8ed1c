import { type Request, type Response } from 'express';
import { AdminPassword } from './admin-password';

const PASSWORD = 'pass:word with ñ';
const UNAUTHORIZED = expect.objectContaining({ code: 'unauthorized' }) as unknown;
const THROTTLED = expect.objectContaining({ code: 'tooManyUnknownKeys' }) as unknown;

function basic(password: string, user = 'anybody'): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Presents an `Authorization` header; gives the headers that are set on the answer. */
async function present(
  password: AdminPassword,
  authorization?: string,
  ip = '192.0.2.1',
): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  const response = { setHeader: (name: string, value: string) => headers.set(name, value) };
  await password.check({ headers: { authorization }, ip } as Request, response as unknown as Response);
  return headers;
}

/** Presents ten wrong passwords. */
async function failTenTimes(password: AdminPassword): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    await expect(present(password, basic('wrong'))).rejects.toEqual(UNAUTHORIZED);
  }
}

describe(AdminPassword.name, () => {
  let password: AdminPassword;

  beforeEach(() => {
    password = new AdminPassword(PASSWORD);
  });

  it.each(['anybody', '', 'ñ'])('lets the password of any user name pass: %s', async (user) => {
    await expect(present(password, basic(PASSWORD, user))).resolves.toEqual(new Map());
  });

  it('reads the scheme in any case', async () => {
    await expect(present(password, basic(PASSWORD).replace('Basic', 'bAsIc'))).resolves.toBeDefined();
  });

  it.each([
    ['nothing', undefined],
    ['another password', basic('another')],
    ['the beginning of it', basic('pass')],
    ['none', basic('')],
    ['another scheme', `Bearer ${PASSWORD}`],
    ['what is not base64', 'Basic !'],
    ['no user name', `Basic ${Buffer.from('wrong').toString('base64')}`],
  ])('refuses %s', async (_what, authorization) => {
    await expect(present(password, authorization)).rejects.toEqual(UNAUTHORIZED);
  });

  it('lets an address guess ten times in a minute, and then not even with the right password', async () => {
    await failTenTimes(password);
    await expect(present(password, basic('wrong'))).rejects.toEqual(THROTTLED);
    await expect(present(password, basic(PASSWORD))).rejects.toMatchObject({ retryAfterSeconds: 60 });
  });

  it('lets other addresses in meanwhile', async () => {
    await failTenTimes(password);
    await expect(present(password, basic('wrong'))).rejects.toEqual(THROTTLED);
    await expect(present(password, basic(PASSWORD), '192.0.2.2')).resolves.toBeDefined();
  });

  it('takes the addresses of one IPv6 customer for one', async () => {
    for (let tries = 0; tries < 10; tries++) {
      await expect(present(password, basic('wrong'), `2001:db8::${tries}`)).rejects.toEqual(UNAUTHORIZED);
    }
    await expect(present(password, basic('wrong'), '2001:db8::ffff')).rejects.toEqual(THROTTLED);
    await expect(present(password, basic(PASSWORD), '2001:db8:0:1::')).resolves.toBeDefined();
  });

  it('does not take a request without a password for a guess', async () => {
    for (let tries = 0; tries < 20; tries++) await expect(present(password)).rejects.toEqual(UNAUTHORIZED);
    await expect(present(password, basic(PASSWORD))).resolves.toBeDefined();
  });
});
