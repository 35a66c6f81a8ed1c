// RFC 3986, appendix A. WHATWG's parser forgives spaces, backslashes, line breaks and lone brackets, which a URI cannot have.
const PART = String.raw`[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}`;
const AUTHORITY = String.raw`(?:(?:${PART}|:)*@)?(?:\[[0-9A-Fa-f:.]+\]|(?:${PART})+)(?::\d*)?`;
const PATH = `(?:/(?:${PART}|[:@])*)*`;
const QUERY_OR_FRAGMENT = `(?:${PART}|[:@/?])*`;
const ABSOLUTE_HTTP_URI = new RegExp(
  String.raw`^https?://${AUTHORITY}${PATH}(?:\?${QUERY_OR_FRAGMENT})?(?:#${QUERY_OR_FRAGMENT})?$`,
  'i',
);

/** Whether a value is an absolute http or https URI with a host. */
export function isHttpUri(value: unknown): value is string {
  // The form alone lets pass hosts and ports that there cannot be.
  return typeof value === 'string' && ABSOLUTE_HTTP_URI.test(value) && URL.canParse(value);
}
