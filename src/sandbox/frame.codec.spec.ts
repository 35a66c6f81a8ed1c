import fc from 'fast-check';
import fixtures from '../../test/fixtures/frames.json';
import {
  encodeCancel,
  encodeProgram,
  encodeStart,
  EndCause,
  type Frame,
  FrameDecoder,
  ProtocolError,
} from './frame.codec';

type FixtureFrame = (typeof fixtures.conversations)[number]['frames'][number];

const bytesOf = (frames: readonly FixtureFrame[]): Buffer =>
  Buffer.from(frames.map(({ bytes }) => bytes).join(''), 'hex');

/** What frames say, however their streams were cut: one text for each run of one kind. */
function gist(frames: Iterable<Frame>): string[] {
  const said: string[] = [];
  let last = '';
  for (const frame of frames) {
    if (frame.kind === 'ready') said.push('ready');
    else if (frame.kind === 'exited') said.push(`exited ${frame.cause} ${frame.waitStatus}`);
    else if (frame.kind === last) said.push((said.pop() ?? '') + frame.bytes.toString('hex'));
    else said.push(`${frame.kind} ${frame.bytes.toString('hex')}`);
    last = frame.kind;
  }
  return said;
}

function expectedGist(frames: readonly FixtureFrame[]): string[] {
  return frames.map(({ kind, payload, cause, waitStatus }) => {
    if (kind === 'ready') return 'ready';
    return kind === 'exited' ? `exited ${cause ?? ''} ${waitStatus ?? ''}` : `${kind} ${payload ?? ''}`;
  });
}

function decode(chunks: readonly Buffer[]): Frame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

/** Cuts bytes at these places, in any order and wherever they lie. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

const anyFrame: fc.Arbitrary<{ bytes: Buffer; gist: string }> = fc.oneof(
  fc.constant({ bytes: Buffer.from('H\0\0\0\0', 'latin1'), gist: 'ready' }),
  fc.tuple(fc.constantFrom('stdout', 'stderr', 'result'), fc.uint8Array({ minLength: 1 })).map(([kind, payload]) => {
    const header = Buffer.from({ stdout: 'O', stderr: 'E', result: 'R' }[kind] + '\0\0\0\0');
    header.writeUInt32BE(payload.length, 1);
    return { bytes: Buffer.concat([header, payload]), gist: `${kind} ${Buffer.from(payload).toString('hex')}` };
  }),
  fc.tuple(fc.nat(3), fc.integer()).map(([cause, waitStatus]) => {
    const bytes = Buffer.from('X\0\0\0\x05\0\0\0\0\0', 'latin1');
    bytes.writeUInt8(cause, 5);
    bytes.writeInt32BE(waitStatus, 6);
    return { bytes, gist: `exited ${cause} ${waitStatus}` };
  }),
);

describe(FrameDecoder.name, () => {
  describe.each(fixtures.conversations)('given $name', ({ frames }) => {
    const bytes = bytesOf(frames);

    it('reads it whole', () => {
      expect(gist(decode([bytes]))).toEqual(expectedGist(frames));
    });

    it('reads it in two pieces, cut anywhere', () => {
      for (let place = 0; place <= bytes.length; place++) {
        expect(gist(decode(cut(bytes, [place])))).toEqual(expectedGist(frames));
      }
    });

    it('reads it byte by byte', () => {
      expect(gist(decode([...bytes].map((byte) => Buffer.of(byte))))).toEqual(expectedGist(frames));
    });

    it('waits for the rest when it is cut short', () => {
      for (let length = 0; length < bytes.length; length++) {
        const read = gist(decode([bytes.subarray(0, length)]));
        expect(read.length).toBeLessThanOrEqual(frames.length);
        // All but a stream's last piece is final.
        expect(read.slice(0, -1)).toEqual(expectedGist(frames).slice(0, read.length).slice(0, -1));
      }
    });
  });

  it('gives the same frames for the same bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame), fc.array(fc.nat(10_000)), (frames, places) => {
        const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
        expect(gist(decode(cut(bytes, places)))).toEqual(gist(decode([bytes])));
        expect(gist(decode([bytes])).join()).toBe(mergeStreams(frames.map((frame) => frame.gist)).join());
      }),
    );
  });

  it('gives frames or a ProtocolError for any bytes at all, and no more than it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { maxLength: 8 }), (chunks) => {
        const decoder = new FrameDecoder();
        let [given, taken] = [0, 0];
        try {
          for (const chunk of chunks) {
            given += chunk.length;
            for (const frame of decoder.push(Buffer.from(chunk))) taken += 'bytes' in frame ? frame.bytes.length : 0;
            expect(taken).toBeLessThanOrEqual(given);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  describe.each(fixtures.broken)('given $name', ({ bytes }) => {
    it('refuses it', () => {
      expect(() => decode([Buffer.from(bytes, 'hex')])).toThrow(ProtocolError);
    });

    it('refuses it byte by byte, after good frames', () => {
      const hostile = Buffer.concat([Buffer.from('H\0\0\0\0O\0\0\0\x01x', 'latin1'), Buffer.from(bytes, 'hex')]);
      expect(() => decode([...hostile].map((byte) => Buffer.of(byte)))).toThrow(ProtocolError);
    });
  });

  it('hands over what came before a broken frame', () => {
    const frames = new FrameDecoder().push(Buffer.from('H\0\0\0\0Z\0\0\0\0', 'latin1'));
    expect(frames.next().value).toEqual({ kind: 'ready' });
    expect(() => frames.next()).toThrow(ProtocolError);
  });

  it('refuses a stream frame without bytes', () => {
    expect(() => decode([Buffer.from('O\0\0\0\0', 'latin1')])).toThrow(ProtocolError);
  });

  it('takes a frame as large as the buffer of the server', () => {
    const header = Buffer.from('O\0\x04\0\0', 'latin1');
    const [frame] = decode([Buffer.concat([header, Buffer.alloc(256 * 1024)])]);
    expect(frame).toMatchObject({ kind: 'stdout', bytes: { length: 256 * 1024 } });
  });

  it('does not copy output', () => {
    const chunk = Buffer.from('O\0\0\0\x03abc', 'latin1');
    const [frame] = decode([chunk]);
    expect(frame && 'bytes' in frame && frame.bytes.buffer).toBe(chunk.buffer);
  });
});

describe('orders', () => {
  it.each(fixtures.orders)('writes $name', ({ kind, number, bytes }) => {
    const order = kind === 'S' ? encodeStart(number) : encodeCancel();
    expect(order.toString('hex')).toBe(bytes);
  });
});

describe(encodeProgram.name, () => {
  it.each(fixtures.programs)('writes $name', ({ code, bytes }) => {
    expect(encodeProgram(code).toString('hex')).toBe(bytes);
  });

  it('loses nothing of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (code) => {
        const message = encodeProgram(code);
        expect(message.readUInt32BE(0)).toBe(message.length - 4);
        expect(message.toString('utf16le', 4)).toBe(code);
      }),
    );
  });
});

it('knows every cause of an end by the number of the other side', () => {
  expect([EndCause.None, EndCause.Deadline, EndCause.Output, EndCause.Cancel]).toEqual([0, 1, 2, 3]);
});

function mergeStreams(gists: readonly string[]): string[] {
  const merged: string[] = [];
  for (const text of gists) {
    const [kind, hex = ''] = text.split(' ');
    const last = merged.at(-1);
    if (hex !== '' && kind !== 'exited' && last?.startsWith(`${kind ?? ''} `) === true) {
      merged[merged.length - 1] = last + hex;
    } else merged.push(text);
  }
  return merged;
}
