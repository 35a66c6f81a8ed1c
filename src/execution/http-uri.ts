// RFC 3986, appendix A. WHATWG's parser forgives spaces, backslashes, line breaks and lone brackets, which a URI cannot have.
// Repeats of one class only, never of a group: a group repeated over some megabytes overflows the stack.
const PART = String.raw`-\w.~!$&'()*+,;=%`;
const AUTHORITY = String.raw`(?:[${PART}:]*@)?(?:\[[0-9A-Fa-f:.]+\]|[${PART}]+)(?::\d*)?`;
const PATH = `(?:/[${PART}:@/]*)?`;
const QUERY_OR_FRAGMENT = `[${PART}:@/?]*`;
const ABSOLUTE_HTTP_URI = new RegExp(
  String.raw`^https?://${AUTHORITY}${PATH}(?:\?${QUERY_OR_FRAGMENT})?(?:#${QUERY_OR_FRAGMENT})?$`,
  'i',
);
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Whether a value is an absolute http or https URI with a host. */
export function isHttpUri(value: unknown): value is string {
  if (typeof value !== 'string' || !ABSOLUTE_HTTP_URI.test(value) || BROKEN_ESCAPE.test(value)) return false;
  // The form alone lets pass hosts and ports that there cannot be.
  return URL.canParse(value);
}
