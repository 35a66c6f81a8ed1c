import { Transcript } from './transcript';

/**
 * What a program writes to one stream, as text. It is decoded only as far as somebody reads, so that output which nobody
 * follows costs nothing. The text is the beginning of what `Buffer.toString` makes of all bytes together.
 */
export class OutputText {
  // Not `fatal`, and with its byte order mark: as Buffer.toString.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly text = new Transcript();
  private chunks: Buffer[] = [];
  private decodedChunks = 0;

  /** @param bytes not copied; may end within a character, whose beginning is then kept back */
  add(bytes: Buffer): void {
    this.chunks.push(bytes);
  }

  /** What follows a position, so many units at most; see {@link Transcript.read}. */
  read(from: number, limit: number): string {
    while (this.text.length < from + limit && this.chunks.length > 0) this.decode(limit);
    return this.text.read(from, limit);
  }

  private decode(enough: number): void {
    let text = '';
    for (; text.length < enough && this.decodedChunks < this.chunks.length; this.decodedChunks++) {
      text += this.decoder.decode(this.chunks[this.decodedChunks], { stream: true });
    }
    if (this.decodedChunks === this.chunks.length) {
      this.chunks = [];
      this.decodedChunks = 0;
    }
    this.text.append(text);
  }
}
