import fc from 'fast-check';
import { OutputText } from './output-text';

// Parts of characters more than anything else: cut short, too long, surrogates, beyond the last one, a byte order mark.
const BYTE = fc.oneof(
  fc.constantFrom(
    0x41,
    0x80,
    0x9f,
    0xa0,
    0xbb,
    0xbf,
    0xc0,
    0xc2,
    0xe0,
    0xe2,
    0xed,
    0xef,
    0xf0,
    0x90,
    0x8f,
    0xf4,
    0xf5,
    0xff,
  ),
  fc.nat(255),
);
const CHUNK = fc.array(BYTE, { maxLength: 6 }).map((bytes) => Buffer.from(bytes));

describe(OutputText.name, () => {
  it('is at every moment the beginning of what all bytes together are', () => {
    fc.assert(
      fc.property(fc.array(CHUNK, { maxLength: 12 }), fc.infiniteStream(fc.boolean()), (chunks, isRead) => {
        const whole = Buffer.concat(chunks).toString();
        const text = new OutputText();
        let told = '';
        for (const chunk of chunks) {
          text.add(chunk);
          if (isRead.next().value === true) told += text.read(told.length, 1_000);
          expect(whole.startsWith(told)).toBe(true);
        }
        told += text.read(told.length, 1_000);
        expect(whole.startsWith(told)).toBe(true);
        // What is kept back may yet become one character, and else each of its bytes one that cannot be decoded.
        expect(whole.length - told.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 5_000 },
    );
  });

  it('has all that is whole', () => {
    const text = new OutputText();
    const whole = Buffer.from('\ufeffaé€😀');
    for (const byte of whole) text.add(Buffer.of(byte));
    expect(text.read(0, 100)).toBe('\ufeffaé€😀');
  });

  it('gives so much at a time', () => {
    const text = new OutputText();
    for (const chunk of ['abc', 'def', 'ghi']) text.add(Buffer.from(chunk));
    expect([text.read(0, 4), text.read(4, 4), text.read(8, 4), text.read(9, 4)]).toEqual(['abcd', 'efgh', 'i', '']);
    expect(text.read(2, 100)).toBe('cdefghi');
  });
});
