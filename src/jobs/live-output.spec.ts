import { eventually } from '../../test/support/eventually';
import { START } from '../domain/output-position';
import { LiveOutput } from './live-output';
import { type OutputMessage } from './output.channel';

const RUN = 1_000;

/** A channel on which all is heard. */
class FakeChannel {
  readonly messages: OutputMessage[] = [];
  readonly times: number[] = [];
  receivers = 1;
  failures = 0;

  readonly publish = (message: OutputMessage): Promise<number> => {
    if (this.failures-- > 0) return Promise.reject(new Error('Redis is away'));
    this.messages.push(message);
    this.times.push(performance.now());
    return Promise.resolve(this.receivers);
  };

  /** What followers who take each piece where it belongs have by now of the last run. */
  text(stream: 'stdout' | 'stderr'): string {
    let text = '';
    const run = this.messages.at(-1)?.run;
    for (const { pieces } of this.messages.filter((message) => message.run === run)) {
      for (const piece of pieces.filter((each) => each.stream === stream)) {
        text = text.slice(0, piece.offset) + piece.text;
      }
    }
    return text;
  }

  async untilTold(text: string): Promise<void> {
    await eventually(`${text.length} units are told`, () => this.text('stdout') === text);
  }
}

describe(LiveOutput.name, () => {
  let channel: FakeChannel;
  let output: LiveOutput;

  beforeEach(() => {
    channel = new FakeChannel();
    output = new LiveOutput(channel.publish);
    output.begin(RUN);
  });

  const write = (text: string): void => {
    output.add('stdout', Buffer.from(text));
  };

  it('says nothing until somebody follows, and then all from the start', () => {
    write('a');
    output.add('stderr', Buffer.from('b'));
    write('c');
    expect(channel.messages).toEqual([]);
    output.follow(START);
    const pieces = [
      { stream: 'stdout', offset: 0, text: 'ac' },
      { stream: 'stderr', offset: 0, text: 'b' },
    ];
    expect(channel.messages).toEqual([{ run: RUN, pieces }]);
  });

  it('says at once what is written after a pause', async () => {
    output.follow(START);
    await eventually('the first word', () => channel.messages.length === 1);
    write('a');
    await channel.untilTold('a');
  });

  it('gathers what is written in a burst', async () => {
    output.follow(START);
    let written = '';
    while (channel.messages.length < 4) {
      write('x');
      written += 'x';
      await new Promise((resolve) => setImmediate(resolve));
    }
    await channel.untilTold(written);
    const pauses = channel.times.slice(1).map((time, index) => time - channel.times[index]!);
    for (const pause of pauses) expect(pause).toBeGreaterThan(20);
  });

  it('cuts what is long', async () => {
    const text = '€'.repeat(200_000);
    write(text);
    output.follow(START);
    await channel.untilTold(text);
    for (const { pieces } of channel.messages) expect(pieces[0]!.text.length).toBeLessThanOrEqual(65_536);
  });

  it('says again what somebody lacks, and answers whoever lacks nothing', async () => {
    write('abcdef');
    output.follow(START);
    output.follow({ run: RUN, stdout: 4, stderr: 0 });
    await eventually('the repetition', () => channel.messages.length === 2);
    expect(channel.messages[1]!.pieces).toEqual([{ stream: 'stdout', offset: 4, text: 'ef' }]);
    output.follow({ run: RUN, stdout: 6, stderr: 0 });
    await eventually('the answer', () => channel.messages.length === 3);
    expect(channel.messages[2]).toEqual({ run: RUN, pieces: [] });
    output.follow({ run: RUN - 1, stdout: 6, stderr: 0 });
    await eventually('all of it', () => channel.messages.length === 4);
    expect(channel.messages[3]!.pieces).toEqual([{ stream: 'stdout', offset: 0, text: 'abcdef' }]);
  });

  it('starts over with the program', async () => {
    write('void');
    output.follow(START);
    output.begin(RUN + 1);
    await eventually('the new run is told of', () => channel.messages.at(-1)?.run === RUN + 1);
    write('anew');
    await channel.untilTold('anew');
  });

  it('says nothing of a program that has not been started', () => {
    output = new LiveOutput(channel.publish);
    output.follow(START);
    expect(channel.messages).toEqual([]);
    output.begin(RUN);
    expect(channel.messages).toEqual([{ run: RUN, pieces: [] }]);
  });

  it('says again what Redis has not taken', async () => {
    channel.failures = 1;
    write('a');
    output.follow(START);
    write('b');
    await channel.untilTold('ab');
  });

  it('stops when nobody listens, until somebody does again', async () => {
    channel.receivers = 0;
    output.follow(START);
    await eventually('the first word', () => channel.messages.length === 1);
    write('a');
    channel.receivers = 1;
    write('b');
    expect(channel.messages).toHaveLength(1);
    output.follow(START);
    await channel.untilTold('ab');
  });

  it('does not mistake whoever comes while nobody listened for nobody', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    output = new LiveOutput((message) => {
      void channel.publish(message);
      return channel.messages.length === 1 ? promise : Promise.resolve(1);
    });
    output.begin(RUN);
    output.follow(START);
    output.follow(START);
    resolve(0);
    write('a');
    await channel.untilTold('a');
  });

  it('says nothing once it is stopped', async () => {
    output.follow(START);
    output.stop();
    write('a');
    await eventually('its pause is over', () => performance.now() > channel.times[0]! + 60);
    expect(channel.text('stdout')).toBe('');
  });
});
