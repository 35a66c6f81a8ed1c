import { type Random } from '../support/random';
import { type Answer } from '../support/service';

/** How a program ends that nobody ends before. */
type ProgramEnd = 'succeeded' | 'failed' | 'timed_out';

/** A program that can be told from all others by what it comes to. */
export interface TokenProgram {
  readonly token: string;
  readonly end: ProgramEnd;
  readonly code: string;
  /** Seconds. */
  readonly timeout: number;
}

const TIMEOUT = 30;
const LONG_SECONDS = 4;

/** A program that runs for a random time, mostly a short one. */
export function drawProgram(random: Random, token: string): TokenProgram {
  const seconds = random.below(5) === 0 ? random.fraction() * LONG_SECONDS : random.fraction() / 2;
  const run = (last: string): string =>
    `import time\nprint('${token}', flush=True)\ntime.sleep(${seconds.toFixed(3)})\n${last}`;
  const kind = random.below(20);
  if (kind === 0) return { token, end: 'timed_out', code: run('time.sleep(60)'), timeout: 1 + Math.ceil(seconds) };
  if (kind < 5) return { token, end: 'failed', code: run(`raise ValueError('${token}')`), timeout: TIMEOUT };
  return { token, end: 'succeeded', code: run(`return '${token}'`), timeout: TIMEOUT };
}

/** A program that runs until it is cancelled, or for longer than it is wanted. */
export function longProgram(random: Random, token: string): TokenProgram {
  const code = `import time\nprint('${token}', flush=True)\ntime.sleep(${5 + random.below(5)})\nreturn '${token}'`;
  return { token, end: 'succeeded', code, timeout: TIMEOUT };
}

/** What is wrong with an outcome, as the record shows it, for a program that ended in its own way; null: nothing. */
export function flawOf({ token, end }: TokenProgram, record: Answer['json']): string | null {
  const { status, outcome } = record;
  if (status !== end) return `it is ${status} and not ${end}`;
  if (outcome.stdout !== `${token}\n`) return `its stdout is ${JSON.stringify(outcome.stdout)}`;
  if (end === 'succeeded' && outcome.result !== token) return `its result is ${JSON.stringify(outcome.result)}`;
  if (end === 'failed' && !String(outcome.error).endsWith(`ValueError: ${token}`))
    return `its error is ${outcome.error}`;
  return null;
}
