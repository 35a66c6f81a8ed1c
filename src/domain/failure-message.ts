import { type CrossedLimit, type Outcome } from './outcome';
import { signalName } from './signal-name';

/** Every outcome but a success. */
export type FailedOutcome = Exclude<Outcome, { kind: 'returned' }>;

/** What the `error` member says about a program that failed: its own traceback, else one sentence. */
export function failureMessage(outcome: FailedOutcome): string {
  switch (outcome.kind) {
    case 'raised':
      return outcome.traceback;
    case 'exited':
      return exitMessage(outcome.exitCode, outcome.message);
    case 'signalled':
      return signalMessage(outcome.signal);
    case 'timedOut':
      return `Execution timed out after ${outcome.timeoutSeconds} seconds`;
    case 'overLimit':
      return limitMessage(outcome);
    case 'cancelled':
      return 'Execution was cancelled';
    default:
      return outcome satisfies never;
  }
}

function exitMessage(exitCode: number, message: string | null): string {
  const sentence = `Process exited with code ${exitCode}`;
  return message === null ? sentence : `${sentence}: ${message}`;
}

function signalMessage(signal: number): string {
  const name = signalName(signal);
  return `Process killed by signal ${signal}${name === null ? '' : ` (${name})`}`;
}

function limitMessage(crossed: CrossedLimit): string {
  switch (crossed.limit) {
    case 'memory':
      return `Memory limit of ${crossed.mebibytes} MiB exceeded`;
    case 'processes':
      return `Process limit of ${crossed.count} exceeded`;
    case 'output':
      return `Output limit of ${formatKibibytes(crossed.kibibytes)} exceeded`;
    default:
      return crossed satisfies never;
  }
}

function formatKibibytes(kibibytes: number): string {
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024} MiB` : `${kibibytes} KiB`;
}
