import fc from 'fast-check';
import { ProtocolError } from './frame.codec';
import { ProgramStreams } from './program.streams';

const LIMIT = 10;

describe(ProgramStreams.name, () => {
  let told: { stdout: string[]; stderr: string[] };
  let streams: ProgramStreams;

  beforeEach(() => {
    told = { stdout: [], stderr: [] };
    streams = new ProgramStreams(LIMIT, { onOutput: (stream, bytes) => told[stream].push(bytes.toString()) });
  });

  const add = (name: 'stdout' | 'stderr' | 'result', text: string): void => {
    streams.add(name, Buffer.from(text));
  };

  it('tells output as it comes, stream by stream, and never the result', () => {
    add('stdout', 'a');
    add('stderr', 'b');
    add('result', 'AR1');
    add('stdout', 'c');
    expect(told).toEqual({ stdout: ['a', 'c'], stderr: ['b'] });
    expect(streams.concatenated()).toEqual({
      stdout: Buffer.from('ac'),
      stderr: Buffer.from('b'),
      result: Buffer.from('R1'),
    });
  });

  it('tells no copy', () => {
    const bytes = Buffer.from('abc');
    const seen: Buffer[] = [];
    new ProgramStreams(LIMIT, { onOutput: (_stream, output) => seen.push(output) }).add('stdout', bytes);
    expect(seen[0]?.buffer).toBe(bytes.buffer);
  });

  it.each([
    [['x'.repeat(LIMIT)], ['x'.repeat(LIMIT)]],
    [['x'.repeat(LIMIT + 1)], ['x'.repeat(LIMIT)]],
    [['x'.repeat(LIMIT), 'y'], ['x'.repeat(LIMIT)]],
    [
      ['x'.repeat(LIMIT - 1), 'yz'],
      ['x'.repeat(LIMIT - 1), 'y'],
    ],
  ])('of %j tells %j, nothing over the limit', (pieces, expected) => {
    for (const piece of pieces) add('stdout', piece);
    expect(told.stdout).toEqual(expected);
  });

  it.each([
    ['stdout', LIMIT + 1],
    ['stderr', LIMIT + 1],
    ['result', LIMIT + 3],
  ] as const)('takes of %s the byte that tells of the limit, and refuses another', (name, most) => {
    expect(() => {
      add(name, 'x'.repeat(most + 1));
    }).toThrow(ProtocolError);
    add(name, 'x'.repeat(most));
    expect(() => {
      add(name, 'x');
    }).toThrow(ProtocolError);
    expect(streams.concatenated()[name]).toHaveLength(name === 'result' ? most - 1 : most);
  });

  it('tells what is kept, up to the limit, however it is cut', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: LIMIT }), { maxLength: LIMIT });
    fc.assert(
      fc.property(pieces, (chunks) => {
        const seen: Buffer[] = [];
        const own = new ProgramStreams(LIMIT, { onOutput: (_stream, bytes) => seen.push(bytes) });
        try {
          for (const chunk of chunks) own.add('stderr', Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
        expect(Buffer.concat(seen)).toEqual(own.concatenated().stderr.subarray(0, LIMIT));
        expect(seen.every(({ length }) => length > 0)).toBe(true);
      }),
    );
  });

  it('knows when the child has had its program', () => {
    expect(streams.isAccepted).toBe(false);
    add('stdout', 'A');
    expect(streams.isAccepted).toBe(false);
    add('result', 'A');
    expect(streams.isAccepted).toBe(true);
  });
});
