// The characters of RFC 3986. WHATWG's parser forgives spaces, backslashes and line breaks, which a URI cannot have.
const ABSOLUTE_HTTP_URI = /^https?:\/\/(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/i;

/** Whether a value is an absolute http or https URI with a host. */
export function isHttpUri(value: unknown): value is string {
  if (typeof value !== 'string' || !ABSOLUTE_HTTP_URI.test(value)) return false;
  // WHATWG skips any number of slashes before the host: `http:///path` would get `path` for one.
  return !/^https?:\/\/[/?#]/i.test(value) && URL.canParse(value);
}
