import { type Request, type Response } from 'express';
import { AdminPassword } from './admin-password';

const PASSWORD = 'pass:word with ñ';
const UNAUTHORIZED = expect.objectContaining({ code: 'unauthorized' }) as Error;
const THROTTLED = expect.objectContaining({ code: 'tooManyUnknownKeys' }) as Error;

function basic(password: string, user = 'anybody'): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Presents an `Authorization` header; gives the headers that are set on the answer. */
function present(password: AdminPassword, authorization?: string, ip = '192.0.2.1'): Map<string, string> {
  const headers = new Map<string, string>();
  const response = { setHeader: (name: string, value: string) => headers.set(name, value) };
  password.check({ headers: { authorization }, ip } as Request, response as unknown as Response);
  return headers;
}

/** Presents ten wrong passwords. */
function failTenTimes(password: AdminPassword): void {
  for (let tries = 0; tries < 10; tries++) {
    expect(() => present(password, basic('wrong'))).toThrow(UNAUTHORIZED);
  }
}

describe(AdminPassword.name, () => {
  let password: AdminPassword;

  beforeEach(() => {
    password = new AdminPassword(PASSWORD);
  });

  it.each(['anybody', '', 'ñ'])('lets the password of any user name pass: %s', (user) => {
    expect(present(password, basic(PASSWORD, user))).toEqual(new Map());
  });

  it('reads the scheme in any case', () => {
    expect(present(password, basic(PASSWORD).replace('Basic', 'bAsIc'))).toBeDefined();
  });

  it.each([
    ['nothing', undefined],
    ['another password', basic('another')],
    ['the beginning of it', basic('pass')],
    ['none', basic('')],
    ['another scheme', `Bearer ${PASSWORD}`],
    ['what is not base64', 'Basic !'],
    ['no user name', `Basic ${Buffer.from('wrong').toString('base64')}`],
  ])('refuses %s', (_what, authorization) => {
    expect(() => present(password, authorization)).toThrow(UNAUTHORIZED);
  });

  it('lets an address guess ten times in a minute, and then not even with the right password', () => {
    failTenTimes(password);
    expect(() => present(password, basic('wrong'))).toThrow(THROTTLED);
    expect(() => present(password, basic(PASSWORD))).toThrow(
      expect.objectContaining({ retryAfterSeconds: 60 }) as Error,
    );
  });

  it('lets other addresses in meanwhile', () => {
    failTenTimes(password);
    expect(() => present(password, basic('wrong'))).toThrow(THROTTLED);
    expect(present(password, basic(PASSWORD), '192.0.2.2')).toBeDefined();
  });

  it('takes the addresses of one IPv6 customer for one', () => {
    for (let tries = 0; tries < 10; tries++) {
      expect(() => present(password, basic('wrong'), `2001:db8::${tries}`)).toThrow(UNAUTHORIZED);
    }
    expect(() => present(password, basic('wrong'), '2001:db8::ffff')).toThrow(THROTTLED);
    expect(present(password, basic(PASSWORD), '2001:db8:0:1::')).toBeDefined();
  });

  it('does not take a request without a password for a guess', () => {
    for (let tries = 0; tries < 20; tries++) expect(() => present(password)).toThrow(UNAUTHORIZED);
    expect(present(password, basic(PASSWORD))).toBeDefined();
  });
});
