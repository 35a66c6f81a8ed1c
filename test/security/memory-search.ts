/**
 * A program that searches all memory it can read, and as much again as the kernel gives it, for texts of an earlier one.
 *
 * It returns how often it `found` one, and whether it found a text of its `own`. Needles and memory are both turned round
 * bit by bit, so that neither the needles nor the copies that searching makes are what is searched for.
 */
export function memorySearch(texts: readonly string[]): string {
  return `
import mmap, os
turn = bytes(255 - byte for byte in range(256))
needles = [bytes.fromhex(needle) for needle in ${JSON.stringify(texts.flatMap(turnedRound))}]
kept = os.urandom(20)
own = kept.translate(turn)
fresh = mmap.mmap(-1, 32 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
fresh[::4096] = bytes(len(fresh) // 4096)
found = found_own = 0
with open('/proc/self/maps') as table:
    areas = [line.split(maxsplit=5) for line in table]
with open('/proc/self/mem', 'rb', buffering=0) as memory:
    for bounds, rights, *_ in areas:
        start, end = (int(bound, 16) for bound in bounds.split('-'))
        while 'r' in rights and start < end:
            try:
                memory.seek(start)
                piece = memory.read(min(1 << 20, end - start)).translate(turn)
            except (OSError, OverflowError):  # the kernel's own pages
                break
            found += sum(map(piece.count, needles))
            found_own += piece.count(own)
            start += len(piece) if start + len(piece) >= end else len(piece) - 256
return {'own': found_own > 0, 'found': found}`;
}

/** As the runtime holds text: UTF-8, and the UTF-16 in which programs are sent. */
function turnedRound(text: string): string[] {
  return (['utf8', 'utf16le'] as const).map((encoding) =>
    Buffer.from(Buffer.from(text, encoding).map((byte) => 255 - byte)).toString('hex'),
  );
}
