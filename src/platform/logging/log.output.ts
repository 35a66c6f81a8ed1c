import { type Writable } from 'node:stream';
import { type DestinationStream, levels } from 'pino';

/** Some ten thousand lines. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/**
 * Where the log goes: a stream that may be read slowly, or by nobody. Up to 4 MiB wait for their reader; lines beyond that are
 * lost, and counted in a line of their own once there is room again. A reader that goes away takes the log with it, not the service.
 */
export class LogOutput implements DestinationStream {
  private lostLines = 0;

  constructor(
    private readonly stream: Writable,
    private readonly maxUnreadBytes = MAX_UNREAD_BYTES,
  ) {
    // Without a listener a pipe that nobody reads any more (EPIPE) would end the process.
    stream.on('error', () => undefined);
  }

  write(line: string): void {
    if (this.stream.writableLength + line.length > this.maxUnreadBytes) {
      this.lostLines++;
      return;
    }
    if (this.lostLines > 0) this.stream.write(this.describeLoss());
    this.stream.write(line);
  }

  private describeLoss(): string {
    const count = this.lostLines;
    this.lostLines = 0;
    const message = 'Lines of the log were lost: nobody read it';
    return `${JSON.stringify({ level: levels.values.warn, time: Date.now(), count, msg: message })}\n`;
  }
}

/** Resolves when a stream's reader has taken all that was written, or there is none any more. */
export function whenRead(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
