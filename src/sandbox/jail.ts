import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { CancelledError, unlessCancelled } from './cancellation';
import type { Counters, JailGroup } from './control.groups';
import type { RunReport } from './exit.classifier';
import {
  encodeProgram,
  encodeCancel,
  encodeStart,
  EndCause,
  type Frame,
  FrameDecoder,
  ProtocolError,
} from './frame.codec';
import { ProgramStreams } from './program.streams';
import type { Program, RunControl } from './sandbox';

/** Why jails are lost. */
export const JAIL_LOSSES = {
  ended: 'its process ended',
  not_started: 'it could not be started',
  not_ready: 'it was not ready in time',
  memory_kept: 'the memory of its last program was not given back',
  server_ended: 'its fork server ended',
  socket_failed: 'its socket failed',
  protocol_broken: 'it broke the protocol',
  program_unread: 'a child ended before it had its program',
  program_unending: 'it did not end its program in time',
  no_child: 'its fork server has no child',
} as const;

export type JailLoss = keyof typeof JAIL_LOSSES;

/** The jail is gone, and with it the run it had. The message tells the operator why, as far as it is known. */
export class JailLostError extends Error {}

/** What a jail needs of the house around it. */
export interface JailOptions {
  readonly outputBytes: number;
  /** Opens the control group of the jail whose first process has this id; null where there are none. */
  readonly openGroup: (pid: number) => JailGroup | null;
  /** Whether a program that goes on lets short ones in other jails go first. */
  readonly longRunsYield: boolean;
  /** Is told when the jail is lost, once; not when it is stopped. */
  readonly onLoss?: (cause: JailLoss) => void;
}

/** A run as the jail tells it, with the host's id of the program's first process. */
export interface JailRun {
  readonly report: RunReport;
  readonly pid: number;
  readonly runTimeMs: number;
}

const START_TIMEOUT_MS = 60_000;
/** How long the fork server may take to end a program, by its own deadline or by order, before this side does, jail and all. */
const END_GRACE_MS = 2_000;
const STOP_GRACE_MS = 2_000;
/** A program that runs for longer lets shorter ones go first: who would wait for those notices it more. */
const LONG_RUN_MS = 50;
const DIAGNOSTICS_BYTES = 4_096;
const PID_LIST_BYTES = 64;

interface CurrentRun {
  readonly streams: ProgramStreams;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly before: Counters | null;
  readonly deadline: NodeJS.Timeout;
  readonly longRun: NodeJS.Timeout;
  /** Runs once it has been cancelled. */
  cancelDeadline: NodeJS.Timeout | null;
  readonly stopListening: () => void;
  readonly resolve: (run: JailRun) => void;
  readonly reject: (error: Error) => void;
}

/** One nsjail around one fork server, which runs one program at a time. */
export class Jail {
  /** Settles, never rejects, when nothing of the jail runs any more. */
  readonly ended: Promise<void>;
  private readonly nsjail: ChildProcess;
  private readonly control: Socket;
  private readonly program: Socket;
  private readonly decoder = new FrameDecoder();
  private readiness = Promise.withResolvers<null>();
  private recovery: Promise<void> | null = null;
  private current: CurrentRun | null = null;
  private group: JailGroup | null = null;
  private serverPid: number | null = null;
  private childrenDescriptor: number | null = null;
  private diagnostics = '';
  private loss: JailLostError | null = null;

  constructor(
    command: string,
    commandArguments: readonly string[],
    private readonly options: JailOptions,
  ) {
    this.nsjail = spawn(command, commandArguments, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      // Keeps a Ctrl-C in the terminal from programs, which have their time to finish.
      detached: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    [, , , this.control, this.program] = this.nsjail.stdio as unknown as [null, null, Socket, Socket, Socket];
    this.readiness.promise.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.nsjail.once('close', () => {
        this.lose('ended');
        this.releaseFiles();
        resolve();
      });
    });
    this.listen();
  }

  get isLost(): boolean {
    return this.loss !== null;
  }

  /** Waits until a forked child waits for a program, and nothing of the last one is left. @throws JailLostError */
  ready(): Promise<void> {
    // One wait for all who ask: a second one could go on into the next run, and take its memory for the last one's.
    this.recovery ??= this.recover();
    return this.recovery;
  }

  /**
   * Runs one program; only one at a time.
   * @throws JailLostError when the jail died first. @throws CancelledError when the program has not been started
   */
  async run(program: Program, control: RunControl = {}): Promise<JailRun> {
    await unlessCancelled(this.ready(), control.signal);
    // From here on nothing waits: whoever cancels later cancels a program that has been started.
    if (control.signal?.aborted === true) throw new CancelledError();
    this.recovery = null;
    // Lost since it was ready: nothing would ever tell this run of it.
    if (this.loss !== null) throw this.loss;
    this.readiness = Promise.withResolvers();
    this.readiness.promise.catch(() => undefined);
    const pid = this.readJobPid();
    return new Promise((resolve, reject) => {
      this.begin(pid, program, control, { resolve, reject });
    });
  }

  /** Lets the fork server go, and ends it when it does not. */
  async stop(): Promise<void> {
    this.loss ??= new JailLostError('the jail was stopped');
    this.readiness.reject(this.loss);
    this.control.end();
    const timer = setTimeout(() => {
      this.kill();
    }, STOP_GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private begin(
    pid: number,
    program: Program,
    control: RunControl,
    settlers: Pick<CurrentRun, 'resolve' | 'reject'>,
  ): void {
    const timeoutMs = program.timeoutSeconds * 1000;
    const cancel = (): void => {
      this.cancel();
    };
    this.current = {
      streams: new ProgramStreams(this.options.outputBytes, control),
      pid,
      startedAtMs: performance.now(),
      before: this.group?.counters() ?? null,
      deadline: setTimeout(() => {
        this.endWithJail(EndCause.Deadline);
      }, timeoutMs + END_GRACE_MS),
      longRun: setTimeout(() => {
        if (this.options.longRunsYield) this.group?.yieldToOthers(true);
      }, LONG_RUN_MS),
      cancelDeadline: null,
      stopListening: () => control.signal?.removeEventListener('abort', cancel),
      ...settlers,
    };
    control.signal?.addEventListener('abort', cancel);
    // The order first: the child may be over before the fork server has looked at its socket.
    this.control.write(encodeStart(timeoutMs));
    this.program.write(encodeProgram(program.code));
    control.onStart?.(pid);
  }

  private cancel(): void {
    const run = this.current;
    if (run === null) return;
    run.cancelDeadline = setTimeout(() => {
      this.endWithJail(EndCause.Cancel);
    }, END_GRACE_MS);
    clearTimeout(run.longRun);
    this.group?.yieldToOthers(false); // its fork server has work to do now
    this.orderEnd(run);
  }

  private orderEnd({ streams }: CurrentRun): void {
    // One that has not had its program yet would leave it in its socket, and cost the jail: it has it in a moment.
    if (streams.isAccepted) this.control.write(encodeCancel());
  }

  private async recover(): Promise<void> {
    const timer = setTimeout(() => {
      this.discard('not_ready');
    }, START_TIMEOUT_MS);
    try {
      await this.readiness.promise;
    } finally {
      clearTimeout(timer);
    }
    if ((await this.group?.whenIdle()) === false) this.discard('memory_kept');
    if (this.loss !== null) throw this.loss;
  }

  private listen(): void {
    this.control.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    this.control.on('close', () => {
      this.discard('server_ended');
    });
    for (const socket of [this.control, this.program]) {
      socket.on('error', (error) => {
        this.discard('socket_failed', error.message);
      });
    }
    this.nsjail.on('error', (error) => {
      this.lose('not_started', error.message);
    });
    this.nsjail.stderr?.on('data', (chunk: Buffer) => {
      this.diagnostics = (this.diagnostics + chunk.toString('utf8')).slice(-DIAGNOSTICS_BYTES);
    });
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.decoder.push(chunk)) this.handle(frame);
    } catch (error) {
      this.discard('protocol_broken', error instanceof Error ? error.message : String(error));
    }
  }

  private handle(frame: Frame): void {
    if (frame.kind === 'ready') {
      if (this.current !== null) throw new ProtocolError('ready within a run');
      this.adoptServer();
      this.readiness.resolve(null);
      return;
    }
    const run = this.current;
    if (run === null) throw new ProtocolError(`${frame.kind} without a run`);
    if (frame.kind === 'exited') {
      this.finish(run, frame.cause, frame.waitStatus);
      return;
    }
    run.streams.add(frame.kind, frame.bytes);
    if (frame.kind === 'result' && run.cancelDeadline !== null) this.orderEnd(run);
  }

  private finish(run: CurrentRun, cause: EndCause, waitStatus: number): void {
    this.current = null;
    if (!run.streams.isAccepted) {
      // What is left of the program in its socket would reach the next child.
      this.discard('program_unread');
      if (cause === EndCause.None) {
        release(run);
        run.reject(this.loss ?? new JailLostError());
        return;
      }
    }
    this.settle(run, cause, waitStatus);
  }

  private settle(run: CurrentRun, cause: EndCause, waitStatus: number): void {
    release(run);
    this.group?.yieldToOthers(false);
    const after = this.group?.counters() ?? null;
    run.resolve({
      pid: run.pid,
      runTimeMs: performance.now() - run.startedAtMs,
      report: {
        ...run.streams.concatenated(),
        cause,
        waitStatus,
        counted: after !== null,
        oomKills: (after?.oomKills ?? 0) - (run.before?.oomKills ?? 0),
        refusedProcesses: (after?.refusedProcesses ?? 0) - (run.before?.refusedProcesses ?? 0),
      },
    });
  }

  private endWithJail(cause: EndCause): void {
    const run = this.current;
    if (run === null) return;
    this.current = null;
    this.settle(run, cause, 0);
    this.discard('program_unending');
  }

  /** Finds the fork server's process: nsjail's only child. */
  private adoptServer(): void {
    if (this.serverPid !== null) return;
    const nsjail = this.nsjail.pid ?? 0;
    this.serverPid = parseInt(readFileSync(`/proc/${nsjail}/task/${nsjail}/children`, 'latin1'), 10);
    this.childrenDescriptor = openSync(`/proc/${this.serverPid}/task/${this.serverPid}/children`, 'r');
    this.group = this.options.openGroup(this.serverPid);
  }

  /** The fork server's only child is the one that waits for the next program (proc(5), /proc/pid/task/tid/children). */
  private readJobPid(): number {
    const list = Buffer.alloc(PID_LIST_BYTES);
    try {
      const length = readSync(this.childrenDescriptor ?? -1, list, 0, PID_LIST_BYTES, 0);
      const pid = parseInt(list.toString('latin1', 0, length), 10);
      if (pid > 0) return pid;
    } catch {
      // The fork server has died, and that has not been heard of yet.
    }
    this.discard('no_child');
    throw this.loss ?? new JailLostError();
  }

  private discard(cause: JailLoss, detail?: string): void {
    this.lose(cause, detail);
    this.kill();
  }

  private lose(cause: JailLoss, detail?: string): void {
    if (this.loss === null) {
      const said = this.diagnostics.trim();
      const reason = detail === undefined ? JAIL_LOSSES[cause] : `${JAIL_LOSSES[cause]}: ${detail}`;
      this.loss = new JailLostError(`The jail is lost: ${reason}${said === '' ? '' : `; it said: ${said}`}`);
      this.options.onLoss?.(cause);
    }
    this.readiness.reject(this.loss);
    const run = this.current;
    if (run === null) return;
    this.current = null;
    if (run.cancelDeadline !== null) {
      this.settle(run, EndCause.Cancel, 0); // it has ended with its jail
      return;
    }
    release(run);
    run.reject(this.loss);
  }

  /** The end of its process 1 is the end of all in a jail (pid_namespaces(7)); nsjail then clears up and goes. */
  private kill(): void {
    if (this.nsjail.exitCode !== null || this.nsjail.signalCode !== null) return;
    if (this.serverPid === null) {
      this.nsjail.kill('SIGKILL');
      return;
    }
    try {
      process.kill(this.serverPid, 'SIGKILL');
    } catch {
      this.nsjail.kill('SIGKILL');
    }
  }

  private releaseFiles(): void {
    this.serverPid = null;
    if (this.childrenDescriptor !== null) closeSync(this.childrenDescriptor);
    this.childrenDescriptor = null;
    this.group?.close();
    this.group = null;
  }
}

function release(run: CurrentRun): void {
  clearTimeout(run.deadline);
  clearTimeout(run.longRun);
  clearTimeout(run.cancelDeadline ?? undefined);
  run.stopListening();
}
