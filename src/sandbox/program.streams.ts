import { ProtocolError } from './frame.codec';
import type { RunControl } from './sandbox';

/** First byte on the result stream, before any code of the program runs: the child has read its program whole. */
const ACCEPTED = 0x41;
/** Bytes on the result stream before a result: that one, and the kind of the program's message. */
const RESULT_OVERHEAD_BYTES = 2;

type StreamName = 'stdout' | 'stderr' | 'result';

/** What one program has written so far. Tells whoever follows it what the outcome will show, as it comes. Copies nothing. */
export class ProgramStreams {
  private readonly chunks: Record<StreamName, Buffer[]> = { stdout: [], stderr: [], result: [] };
  private readonly sizes: Record<StreamName, number> = { stdout: 0, stderr: 0, result: 0 };

  constructor(
    /** Of stdout, of stderr and of the result, each by itself. */
    private readonly limitBytes: number,
    private readonly follower: Pick<RunControl, 'onOutput'>,
  ) {}

  /** @throws ProtocolError on more than a fork server of ours sends */
  add(name: StreamName, bytes: Buffer): void {
    const before = this.sizes[name];
    const after = before + bytes.length;
    const overhead = name === 'result' ? RESULT_OVERHEAD_BYTES : 0;
    // The byte over the limit is how the server tells that it was crossed. No outcome shows it.
    if (after > this.limitBytes + overhead + 1) throw new ProtocolError(`too much ${name}`);
    this.chunks[name].push(bytes);
    this.sizes[name] = after;
    if (name !== 'result' && before < this.limitBytes) {
      this.follower.onOutput?.(name, bytes.subarray(0, this.limitBytes - before));
    }
  }

  /** Whether the child has had its program whole. */
  get isAccepted(): boolean {
    return this.chunks.result[0]?.[0] === ACCEPTED;
  }

  /** Everything together; of the result what the program itself has sent. */
  concatenated(): Record<StreamName, Buffer> {
    const { stdout, stderr, result } = this.chunks;
    return {
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
      result: Buffer.concat(result).subarray(1),
    };
  }
}
