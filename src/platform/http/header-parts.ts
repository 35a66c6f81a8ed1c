/**
 * The parts of a header's value between separators, without the space around them: the elements of a list at `,`, an
 * element and its parameters at `;`. A separator in a quoted string separates nothing (RFC 9110, sections 5.6.1 and 5.6.4).
 */
export function headerParts(value: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < value.length; index++) {
    const character = value[index];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\' && isQuoted) index++;
    else if (character === separator && !isQuoted) {
      parts.push(value.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts;
}
