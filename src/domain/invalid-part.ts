/** Longest name of a member that is repeated to its caller, in UTF-16 code units. */
const MAX_NAME_LENGTH = 100;

/** One part of a request that breaks a rule, and which rule: an entry of a problem's `errors`. */
export type InvalidPart =
  | { readonly member: string; readonly pointer: string; readonly detail: string }
  | { readonly pointer: '#'; readonly detail: string }
  | { readonly header: string; readonly detail: string };

/** A member of the body. Its name is its caller's and may be anything: a long one is cut. */
export function invalidMember(name: string, detail: string): InvalidPart {
  // Lone surrogates have no UTF-8 form to percent-encode.
  const member = name.slice(0, MAX_NAME_LENGTH).toWellFormed();
  return { member, pointer: `#/${fragmentOf(member)}`, detail };
}

/** The body as a whole. */
export function invalidBody(detail: string): InvalidPart {
  return { pointer: '#', detail };
}

export function invalidHeader(header: string, detail: string): InvalidPart {
  return { header, detail };
}

/** A name as a part of a JSON pointer in a URI fragment (RFC 6901, sections 3 and 6). */
function fragmentOf(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
