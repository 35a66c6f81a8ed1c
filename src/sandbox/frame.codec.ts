/** Why the fork server ended a job; the numbers are those of `forkserver/frames.py`. */
export enum EndCause {
  /** The program ended by itself. */
  None = 0,
  Deadline = 1,
  Output = 2,
  Cancel = 3,
  /** It took memory of the kernel's that no control group counts. */
  Memory = 4,
}

const CAUSES = [EndCause.None, EndCause.Deadline, EndCause.Output, EndCause.Cancel, EndCause.Memory];

/** One frame of the fork server. A stream's bytes may come in any number of pieces. */
export type Frame =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stdout' | 'stderr' | 'result'; readonly bytes: Buffer }
  | { readonly kind: 'exited'; readonly cause: EndCause; readonly waitStatus: number };

/** The fork server broke the protocol: its jail cannot be trusted any more. */
export class ProtocolError extends Error {}

const HEADER_BYTES = 5;
const EXIT_BYTES = 5;
/** The server's buffer: no frame of its is longer. */
const MAX_FRAME_BYTES = 256 * 1024;
const STREAMS: Readonly<Record<string, 'stdout' | 'stderr' | 'result' | undefined>> = {
  O: 'stdout',
  E: 'stderr',
  R: 'result',
};

/** Takes the fork server's bytes as they come and gives them as frames. Copies no output. */
export class FrameDecoder {
  private partial: Buffer = Buffer.alloc(0);
  private stream: 'stdout' | 'stderr' | 'result' = 'stdout';
  private streamBytesLeft = 0;

  /** @throws ProtocolError on a frame that no fork server of ours sends. */
  *push(chunk: Buffer): Generator<Frame, void> {
    let rest = this.partial.length > 0 ? Buffer.concat([this.partial, chunk]) : chunk;
    for (;;) {
      if (this.streamBytesLeft > 0) {
        if (rest.length === 0) break;
        const bytes = rest.subarray(0, this.streamBytesLeft);
        this.streamBytesLeft -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { kind: this.stream, bytes };
        continue;
      }
      const frame = this.takeFrame(rest);
      if (frame === null) break;
      rest = rest.subarray(frame.size);
      if (frame.value !== null) yield frame.value;
    }
    this.partial = rest;
  }

  private takeFrame(bytes: Buffer): { size: number; value: Frame | null } | null {
    if (bytes.length < HEADER_BYTES) return null;
    const kind = String.fromCharCode(bytes.readUInt8(0));
    const length = bytes.readUInt32BE(1);
    if (length > MAX_FRAME_BYTES) throw new ProtocolError(`a frame of ${length} bytes`);
    const stream = STREAMS[kind];
    if (stream !== undefined) {
      // As padding between single bytes it would keep much memory for little output.
      if (length === 0) throw new ProtocolError('a frame of a stream without bytes');
      this.stream = stream;
      this.streamBytesLeft = length;
      return { size: HEADER_BYTES, value: null };
    }
    if (kind === 'H' && length === 0) return { size: HEADER_BYTES, value: { kind: 'ready' } };
    if (kind !== 'X' || length !== EXIT_BYTES) throw new ProtocolError(`a frame of unknown kind or size`);
    if (bytes.length < HEADER_BYTES + EXIT_BYTES) return null;
    return { size: HEADER_BYTES + EXIT_BYTES, value: decodeExit(bytes.subarray(HEADER_BYTES)) };
  }
}

function decodeExit(payload: Buffer): Frame {
  const cause = CAUSES[payload.readUInt8(0)];
  if (cause === undefined) throw new ProtocolError(`an unknown cause of end`);
  return { kind: 'exited', cause, waitStatus: payload.readInt32BE(1) };
}

/** The order to start the waiting child's program. */
export function encodeStart(runTimeMs: number): Buffer {
  return encodeOrder('S', runTimeMs);
}

/** The order to kill the running job. One that comes too late is ignored. */
export function encodeCancel(): Buffer {
  return encodeOrder('K', 0);
}

function encodeOrder(kind: string, value: number): Buffer {
  const order = Buffer.alloc(5);
  order.write(kind, 0, 'latin1');
  order.writeUInt32BE(value, 1);
  return order;
}

/** A program for the waiting child: its length, then UTF-16, which alone carries a lone surrogate unharmed. */
export function encodeProgram(code: string): Buffer {
  const message = Buffer.allocUnsafe(4 + code.length * 2);
  message.writeUInt32BE(code.length * 2, 0);
  message.write(code, 4, 'utf16le');
  return message;
}
