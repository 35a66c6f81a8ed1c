/** Text that grows. It is kept in the pieces it came in: a string that is added to and read in turn is copied each time. */
export class Transcript {
  private pieces: { readonly start: number; readonly text: string }[] = [];
  private size = 0;

  /** In UTF-16 units, like every position here. */
  get length(): number {
    return this.size;
  }

  append(text: string): void {
    if (text === '') return;
    this.pieces.push({ start: this.size, text });
    this.size += text.length;
  }

  /** Takes the whole text, of which it has the beginning. */
  complete(text: string): void {
    this.pieces = [];
    this.size = 0;
    this.append(text);
  }

  /** What follows a position, so many units at most and nothing when there is nothing yet. Splits no surrogate pair at its end. */
  read(from: number, limit: number): string {
    let index = this.pieces.findLastIndex(({ start }) => start <= from);
    let text = this.pieces[index]?.text.slice(from - (this.pieces[index]?.start ?? 0)) ?? '';
    while (text.length < limit && ++index < this.pieces.length) text += this.pieces[index]?.text ?? '';
    return text.length > limit ? cut(text, limit) : text;
  }
}

function cut(text: string, limit: number): string {
  const isPairSplit = (text.codePointAt(limit - 1) ?? 0) > 0xffff;
  return text.slice(0, isPairSplit ? limit - 1 : limit);
}
