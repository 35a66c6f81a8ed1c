import type { CrossedLimit, Outcome, Output } from '../domain/outcome';
import { EndCause } from './frame.codec';

/** All that is known of a finished run. `result` is what came on the result pipe: hostile like the rest. */
export interface RunReport {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly result: Buffer;
  readonly cause: EndCause;
  /** As waitpid(2) gives it. */
  readonly waitStatus: number;
  /** Kernel's count for this run: processes that it killed for memory, and starts that it refused. */
  readonly oomKills: number;
  readonly refusedProcesses: number;
  /** False where no cgroup counts: then the program's own word is all there is. */
  readonly counted: boolean;
}

/** The limits a run was under. */
export interface RunLimits {
  readonly timeoutSeconds: number;
  readonly memoryMebibytes: number;
  readonly processes: number;
  readonly outputKibibytes: number;
}

/** First byte of the runtime's message; see `forkserver/program.py`. */
const RETURNED = 'R';
const RAISED = 'E';
const OUT_OF_MEMORY = 'M';
const OUT_OF_PROCESSES = 'P';
const EXIT_TEXT = 'X';
/** As in `forkserver/result.py`. */
const MAX_DEPTH = 200;

/**
 * Tells from evidence how a run ended: the server's cause, the wait status and the kernel's counters come first, the
 * program's own word last, and it can only speak of itself.
 */
export function classifyExit(report: RunReport, limits: RunLimits): Outcome {
  const limitBytes = limits.outputKibibytes * 1024;
  const output: Output = { stdout: text(report.stdout, limitBytes), stderr: text(report.stderr, limitBytes) };
  const over = (crossed: CrossedLimit): Outcome => ({ ...output, kind: 'overLimit', ...crossed });
  const memory = { limit: 'memory', mebibytes: limits.memoryMebibytes } as const;
  const processes = { limit: 'processes', count: limits.processes } as const;

  if (report.cause === EndCause.Cancel) return { ...output, kind: 'cancelled' };
  // First of all, and whatever the rest of the program made of it: waiting in vain for a killed child is common.
  if (report.oomKills > 0 || report.cause === EndCause.Memory) return over(memory);
  if (report.cause === EndCause.Deadline) {
    return { ...output, kind: 'timedOut', timeoutSeconds: limits.timeoutSeconds };
  }
  if (report.cause === EndCause.Output) return over({ limit: 'output', kibibytes: limits.outputKibibytes });
  const { kind, payload } = parseResult(report.result);
  if (report.waitStatus === 0) {
    return { ...output, kind: 'returned', resultJson: kind === RETURNED ? validJson(payload) : 'null' };
  }
  if (kind === OUT_OF_MEMORY) return over(memory);
  // It failed, and the kernel had refused it processes. One that copes with that has not failed.
  if (report.refusedProcesses > 0 || (kind === OUT_OF_PROCESSES && !report.counted)) return over(processes);
  const signal = report.waitStatus & 0x7f;
  if (signal !== 0) return { ...output, kind: 'signalled', signal };
  if ((kind === RAISED || kind === OUT_OF_PROCESSES) && payload.length > 0) {
    return { ...output, kind: 'raised', traceback: payload.toString('utf8') };
  }
  const exitCode = (report.waitStatus >> 8) & 0xff;
  return { ...output, kind: 'exited', exitCode, message: kind === EXIT_TEXT ? payload.toString('utf8') : null };
}

function parseResult(result: Buffer): { kind: string | null; payload: Buffer } {
  return result.length === 0
    ? { kind: null, payload: result }
    : { kind: String.fromCharCode(result.readUInt8(0)), payload: result.subarray(1) };
}

/**
 * The text itself when it is JSON, so that its digits stay. What a program has forged and is none, or is deeper than the
 * runtime's own, counts as none: it would break its readers.
 */
function validJson(payload: Buffer): string {
  const candidate = payload.toString('utf8');
  try {
    return isDeeper(JSON.parse(candidate), MAX_DEPTH) ? 'null' : candidate;
  } catch {
    return 'null';
  }
}

/** Whether containers lie within containers more than so many levels deep. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return levels === 0 || members.some((member) => isDeeper(member, levels - 1));
}

function text(bytes: Buffer, limit: number): string {
  return bytes.toString('utf8', 0, Math.min(bytes.length, limit));
}
