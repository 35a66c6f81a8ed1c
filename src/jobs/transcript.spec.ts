import fc from 'fast-check';
import { Transcript } from './transcript';

describe(Transcript.name, () => {
  it('gives what follows a position, whatever pieces it came in', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(50), fc.integer({ min: 2, max: 20 }), (pieces, from, limit) => {
        const transcript = new Transcript();
        for (const piece of pieces) transcript.append(piece);
        const whole = pieces.join('');
        expect(transcript.length).toBe(whole.length);
        expect(transcript.read(from, limit)).toBe(whole.slice(from, from + limit));
      }),
    );
  });

  it('splits no surrogate pair at the end of what it gives, and can begin within one', () => {
    const transcript = new Transcript();
    transcript.append('😀😀');
    expect(transcript.read(0, 3)).toBe('😀');
    expect(transcript.read(1, 3)).toBe('\ude00😀');
    expect(transcript.read(3, 1)).toBe('\ude00');
  });

  it('has nothing after its end', () => {
    const transcript = new Transcript();
    expect(transcript.read(0, 10)).toBe('');
    transcript.append('abc');
    expect(transcript.read(3, 10)).toBe('');
    expect(transcript.read(7, 10)).toBe('');
  });

  it('takes the whole text in place of its beginning', () => {
    const transcript = new Transcript();
    transcript.append('ab');
    transcript.complete('abcd');
    expect([transcript.length, transcript.read(1, 10)]).toEqual([4, 'bcd']);
  });
});
