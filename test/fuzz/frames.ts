import { join } from 'node:path';
import fc from 'fast-check';
import { CancelledError } from '../../src/sandbox/cancellation';
import { classifyExit } from '../../src/sandbox/exit.classifier';
import { type Frame, FrameDecoder, ProtocolError } from '../../src/sandbox/frame.codec';
import { Jail, JailLostError, type JailRun } from '../../src/sandbox/jail';
import { type RunControl } from '../../src/sandbox/sandbox';
import { within } from '../support/within';
import { FIRST_SEED, runRounds, say, SECONDS_EACH, Tally } from './campaign';
import { Random } from '../support/random';

const FAKE_FORK_SERVER = join(__dirname, 'fake_fork_server.py');
const OUTPUT_KIBIBYTES = 64;
const LANES = 8;
const MOST_PROGRAMS = 4;
const TIMEOUT_SECONDS = 0.2;
/** A run's own deadline and its grace, a stop's, and a busy machine. */
const PATIENCE_SECONDS = 30;

/** What a follower of a run has been told. */
type Told = Record<'stdout' | 'stderr', Buffer[]>;

/** A jail whose fork server says anything: each run ends as a run or with the jail, nothing is left of either. */
export async function fuzzJail(): Promise<void> {
  const endings = new Tally<string>();
  const rounds = await runRounds(async (seed) => {
    endings.add(await runFake(seed));
  }, LANES);
  say(`frames to a jail: seed ${FIRST_SEED}, ${rounds} fork servers (${endings.text})`);
}

async function runFake(seed: number): Promise<string> {
  const random = new Random(seed);
  const jail = startFake(String(seed));
  let last = 'lost at once';
  try {
    for (let left = MOST_PROGRAMS; left > 0; left--) {
      const code = 'x'.repeat(random.pick([0, 10, 1_000_000]));
      const cancellation = new AbortController();
      const cancel = (): void => {
        cancellation.abort();
      };
      if (random.fraction() < 0.1) setTimeout(cancel, random.pick([0, 5, 50, 200]));
      const told: Told = { stdout: [], stderr: [] };
      const control: RunControl = {
        signal: cancellation.signal,
        onOutput: (stream, bytes) => told[stream].push(bytes),
      };
      const running = jail.run({ code, timeoutSeconds: TIMEOUT_SECONDS }, control);
      checkRun(await within(PATIENCE_SECONDS, 'a run', running), told);
      last = 'lost after a run';
    }
    return 'none lost';
  } catch (error) {
    if (error instanceof CancelledError) return 'cancelled before its start';
    if (error instanceof JailLostError) return last;
    throw error;
  } finally {
    await within(PATIENCE_SECONDS, 'the end of the jail', jail.stop());
  }
}

function startFake(what: string): Jail {
  return new Jail('python3', ['-I', '-S', FAKE_FORK_SERVER, what], {
    outputBytes: OUTPUT_KIBIBYTES * 1024,
    longRunsYield: false,
    openGroup: () => null,
  });
}

/** @returns the most bytes that buffers held while a fork server padded little output with much of nothing */
export async function bytesHeldUnderPadding(): Promise<number> {
  const jail = startFake('padding');
  let most = 0;
  const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 50);
  try {
    await jail.run({ code: '', timeoutSeconds: PATIENCE_SECONDS }).catch((error: unknown) => {
      if (!(error instanceof JailLostError)) throw error;
    });
    return most;
  } finally {
    clearInterval(sampler);
    await jail.stop();
  }
}

function checkRun({ report }: JailRun, told: Told): void {
  const limits = { timeoutSeconds: 1, memoryMebibytes: 1, processes: 1, outputKibibytes: OUTPUT_KIBIBYTES };
  const most = OUTPUT_KIBIBYTES * 1024 + 2;
  const sizes = [report.stdout, report.stderr, report.result].map(({ length }) => length);
  if (Math.max(...sizes) > most) throw new Error(`output of ${sizes.join(', ')} bytes`);
  const outcome = classifyExit(report, limits);
  if (outcome.kind === 'returned') JSON.parse(outcome.resultJson);
  const heard = { stdout: Buffer.concat(told.stdout).toString(), stderr: Buffer.concat(told.stderr).toString() };
  expect({ stdout: outcome.stdout, stderr: outcome.stderr }).toEqual(heard);
}

/** Any bytes at all, however they are cut: the same frames, and then the same refusal or none. */
export function fuzzDecoder(): void {
  let sequences = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, places) => {
      sequences++;
      const bytes = Buffer.concat(pieces);
      expect(decode(cut(bytes, places))).toBe(decode([bytes]));
    }),
    { seed: FIRST_SEED, numRuns: Infinity, interruptAfterTimeLimit: SECONDS_EACH * 200 },
  );
  say(`frames to the decoder: seed ${FIRST_SEED}, ${sequences} sequences`);
}

/** Good frames, frames of wrong kinds and lengths, and noise. */
const piece = fc.oneof(
  fc.constant(Buffer.from('H\0\0\0\0', 'latin1')),
  fc
    .tuple(fc.constantFrom('O', 'E', 'R', 'O', 'E', 'R', 'H', 'X', 'Z'), fc.uint8Array({ maxLength: 300 }))
    .map(([kind, payload]) => withHeader(kind, payload.length, payload)),
  fc.uint8Array({ minLength: 5, maxLength: 5 }).map((payload) => withHeader('X', 5, payload)),
  fc.tuple(fc.constantFrom('O', 'X'), fc.nat(0xffffffff)).map(([kind, length]) => withHeader(kind, length, [])),
  fc.uint8Array({ maxLength: 12 }).map((noise) => Buffer.from(noise)),
);

function withHeader(kind: string, length: number, payload: Uint8Array | readonly number[]): Buffer {
  const header = Buffer.from(`${kind}\0\0\0\0`, 'latin1');
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, Buffer.from(payload)]);
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

/** What was decoded, in a form that does not show where a stream was cut. */
function decode(chunks: readonly Buffer[]): string {
  const decoder = new FrameDecoder();
  const said: string[] = [];
  const add = (frame: Frame): void => {
    if ('bytes' in frame) for (const byte of frame.bytes) said.push(`${frame.kind} ${byte}`);
    else said.push(JSON.stringify(frame));
  };
  try {
    for (const chunk of chunks) for (const frame of decoder.push(chunk)) add(frame);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    said.push('refused');
  }
  return said.join('\n');
}
