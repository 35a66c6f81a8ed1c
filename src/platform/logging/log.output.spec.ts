import { PassThrough, Writable } from 'node:stream';
import { LogOutput, whenRead } from './log.output';

const LINE = `${'x'.repeat(99)}\n`;

/** A stream whose reader takes nothing until it is told to. */
class Unread extends Writable {
  readonly taken: string[] = [];
  private next: (() => void) | undefined;
  private isRead = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    if (this.isRead) done();
    else this.next = done;
  }

  read(): void {
    this.isRead = true;
    this.next?.();
  }
}

describe(LogOutput.name, () => {
  it('keeps a bounded part of what nobody reads, and says later how much was lost', async () => {
    const stream = new Unread();
    const output = new LogOutput(stream, 1_000);
    for (let line = 0; line < 1_000; line++) output.write(LINE);
    expect(stream.writableLength).toBe(1_000);
    stream.read();
    await whenRead(stream);
    output.write('next\n');
    await whenRead(stream);
    const lines = stream.taken.join('').trim().split('\n');
    expect(lines).toHaveLength(12);
    expect(JSON.parse(lines[10]!)).toMatchObject({ level: 40, count: 990, msg: expect.any(String) as string });
    expect(lines[11]).toBe('next');
  });

  it('does without a reader that has gone', async () => {
    const stream = new PassThrough();
    const output = new LogOutput(stream);
    stream.destroy(new Error('EPIPE'));
    output.write(LINE);
    await whenRead(stream);
    output.write(LINE);
    expect(stream.writableLength).toBe(0);
  });
});
