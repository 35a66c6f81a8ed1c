import { headerParts } from '../platform/http/header-parts';

const TOKEN = String.raw`[!#$%&'*+.^_\`|~0-9A-Za-z-]+`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const RESPOND_ASYNC = /^respond-async(?:[ \t]*=[ \t]*(?:"")?)?$/i;
const PARAMETER = new RegExp(String.raw`^(?:${TOKEN}(?:[ \t]*=[ \t]*(?:${TOKEN}|${QUOTED})?)?)?$`);

/**
 * Whether a caller prefers not to wait: `Prefer: respond-async` (RFC 7240, section 4.1), in any case and among others. An
 * empty value is none, and what is malformed is no preference (section 2).
 */
export function prefersAsync(header: string | undefined): boolean {
  if (header === undefined) return false;
  return headerParts(header, ',').some((preference) => {
    const [name = '', ...parameters] = headerParts(preference, ';');
    return RESPOND_ASYNC.test(name) && parameters.every((parameter) => PARAMETER.test(parameter));
  });
}
