import { isHttpUri } from './http-uri';

describe(isHttpUri.name, () => {
  it.each([
    'https://example.com/webhook',
    'http://example.com',
    'HTTPS://EXAMPLE.COM:8443/a%20b//;x=1:@?c=d&e%5B%5D=f/?#g/?',
    'http://example.com?query#',
    'http://192.0.2.1:8080/',
    'http://[2001:db8::1]/path',
    'https://user:password@example.com/',
    'http://localhost:3000',
  ])('takes %s', (uri) => {
    expect(isHttpUri(uri)).toBe(true);
  });

  it.each([
    '',
    'example.com',
    '//example.com',
    '/webhook',
    'ftp://example.com',
    'javascript:alert(1)',
    'http:example.com',
    'http://',
    'http:///path',
    'http:///@host',
    'http://:/@host',
    'http://?query',
    'https://#fragment',
    'http://exa mple.com',
    ' http://example.com',
    'http://example.com\n',
    'http://example.com/ñ',
    'http://example.com\\path',
    'http://example.com/%zz',
    'http://example.com/%',
    'http://%zz.example.com/',
    'http://example.com/?a%2',
    'http://example.com/#%g0',
    'http://example.com:99999',
    'http://[::1',
    'http://[::1]]/',
    'http://[example]/',
    'http://user[0]@example.com/',
    'http://example.com/a[0]',
    'http://example.com/?e[]=f',
    'http://example.com/#a#b',
    'http://@/',
    'http://<host>',
  ])('refuses %j', (uri) => {
    expect(isHttpUri(uri)).toBe(false);
  });

  it.each(['http://', 'http://user:', 'http://example.com/', 'http://example.com/?', 'http://example.com/#'])(
    'judges one of megabytes that begins with %s without overflowing the stack',
    (start) => {
      expect(isHttpUri(`${start}${'a'.repeat(16 * 2 ** 20)} `)).toBe(false);
    },
  );

  it.each([1, null, [], {}])('refuses %j, which is no text', (value) => {
    expect(isHttpUri(value)).toBe(false);
  });
});
