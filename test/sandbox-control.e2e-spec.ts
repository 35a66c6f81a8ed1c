import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type Execution } from '../src/domain/outcome';
import { JailLostError } from '../src/sandbox/jail';
import { type RunControl, type Sandbox } from '../src/sandbox/sandbox';
import { ComposedSandbox } from './support/composed-sandbox';
import { eventually } from './support/eventually';
import { childrenOf, commandOf, isRunning } from './support/jails';

const OUTPUT_KIBIBYTES = 1;
const NEVER_STARTED = { outcome: { kind: 'cancelled', stdout: '', stderr: '' }, pid: null, runTimeMs: 0 };
const ENDLESS = 'print("up")\nwhile True: pass';

/** Writes a line, waits for SIGUSR1, and writes another. */
const TWO_LINES = `import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
print('first')
signal.sigwait({signal.SIGUSR1})
print('second', file=sys.stderr)`;

let composed: ComposedSandbox;
let sandbox: Sandbox;

beforeAll(async () => {
  composed = await ComposedSandbox.start({ SANDBOX_OUTPUT_KB: String(OUTPUT_KIBIBYTES), SANDBOX_PIDS: '32' });
  ({ sandbox } = composed);
});

afterAll(async () => {
  await composed[Symbol.asyncDispose]();
});

/** proc(5), /proc/pid/stat: what follows the name are the state and the parent. */
const parentOf = (pid: number): number => Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]);

const jails = (): number[] => childrenOf(process.pid).filter((pid) => commandOf(pid) === 'nsjail');

async function run(code: string, control?: RunControl): Promise<Execution> {
  return sandbox.run({ code, timeoutSeconds: 30 }, control);
}

/** The fork server that serves the next program. */
async function nextServer(): Promise<number> {
  let program = 0;
  let server = 0;
  const onStart = (pid: number): void => {
    program = pid;
    server = parentOf(pid);
  };
  const onOutput = (): void => {
    process.kill(program, 'SIGKILL');
  };
  // One that ended by itself could be gone before its parent is looked at.
  const { outcome } = await run('import time; print(1, flush=True); time.sleep(30)', { onStart, onOutput });
  expect(outcome).toMatchObject({ kind: 'signalled', signal: 9 });
  return server;
}

describe('a program that is followed', () => {
  it('is heard while it runs', async () => {
    const told: string[] = [];
    let started = 0;
    const { outcome, pid } = await run(TWO_LINES, {
      onStart: (id) => (started = id),
      onOutput: (stream, bytes) => {
        told.push(`${stream}: ${bytes.toString()}`);
        if (stream === 'stdout') process.kill(started, 'SIGUSR1');
      },
    });
    expect(told).toEqual(['stdout: first\n', 'stderr: second\n']);
    expect(outcome).toMatchObject({ kind: 'returned', stdout: 'first\n', stderr: 'second\n' });
    expect(pid).toBe(started);
  });

  it.each(['stdout', 'stderr'] as const)('over the limit of %s is heard as its outcome shows it', async (stream) => {
    const told: Buffer[] = [];
    const { outcome } = await run(`import sys\nprint('x' + 'é' * 1000, file=sys.${stream})`, {
      onOutput: (name, bytes) => {
        if (name === stream) told.push(bytes);
      },
    });
    expect(Buffer.concat(told)).toHaveLength(OUTPUT_KIBIBYTES * 1024);
    expect(outcome).toMatchObject({ kind: 'overLimit', limit: 'output', [stream]: Buffer.concat(told).toString() });
  });

  it('is void as far as it was heard when its jail is lost', async () => {
    const told: string[] = [];
    let pid = 0;
    const { outcome } = await run(TWO_LINES, {
      onStart: (id) => {
        told.push('started');
        pid = id;
      },
      onOutput: (_stream, bytes) => {
        const isFirstRun = !told.includes('void');
        told.push(bytes.toString());
        if (isFirstRun) process.kill(parentOf(pid), 'SIGKILL');
        else if (bytes.toString() === 'first\n') process.kill(pid, 'SIGUSR1');
      },
      onRestart: () => told.push('void'),
    });
    expect(told).toEqual(['started', 'first\n', 'void', 'started', 'first\n', 'second\n']);
    expect(outcome).toMatchObject({ kind: 'returned', stdout: 'first\n', stderr: 'second\n' });
  });
});

describe('a program that is cancelled', () => {
  let cancellation: AbortController;

  beforeEach(() => {
    cancellation = new AbortController();
  });

  afterEach(() => {
    expect(getEventListeners(cancellation.signal, 'abort')).toEqual([]);
  });

  /** Runs a program and cancels it when it says that it is up. */
  async function cancelOnceUp(
    code: string,
    control: RunControl = {},
  ): Promise<{ execution: Execution; server: number }> {
    let server = 0;
    const execution = await run(code, {
      ...control,
      signal: cancellation.signal,
      onStart: (pid) => (server = parentOf(pid)),
      onOutput: () => {
        cancellation.abort();
      },
    });
    return { execution, server };
  }

  it.each([
    ['loops', ENDLESS],
    ['sleeps', 'import time\nprint("up")\ntime.sleep(100)'],
    [
      'ignores every signal that can be ignored',
      `import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
${ENDLESS}`,
    ],
    [
      'has children in sessions of their own',
      `import os
for _ in range(20):
  if os.fork() == 0:
    os.setsid()
    while True: pass
${ENDLESS}`,
    ],
    ['forks without end', 'import os\nprint("up")\nwhile True:\n  try: os.fork()\n  except OSError: pass'],
    ['has stopped itself', 'import os, signal\nos.fork()\nprint("up")\nos.kill(0, signal.SIGSTOP)'],
    [
      'waits for a process that it has spawned',
      'import os\nprint("up")\nos.spawnl(os.P_WAIT, "/bin/sleep", "sleep", "100")',
    ],
    ['waits for a fifo to be opened', 'import os\nos.mkfifo("fifo")\nprint("up")\nopen("fifo")'],
    [
      'waits for a lock',
      `import fcntl, os
held = open("lock", "w")
fcntl.flock(held, fcntl.LOCK_EX)
print("up")
fcntl.flock(open("lock", "w"), fcntl.LOCK_EX)`,
    ],
    ['is in its exit handlers', 'import atexit\natexit.register(lambda: exec(\'print("up")\\nwhile True: pass\'))'],
    [
      'is in a thread after its end',
      'import threading\nthreading.Thread(target=lambda: exec(\'print("up")\\nwhile True: pass\')).start()',
    ],
    [
      'is in the repr of its result',
      'class Endless:\n  def __repr__(self):\n    print("up")\n    while True: pass\nEndless()',
    ],
    ['computes in C', 'print("up")\n10 ** 10 ** 9'],
    [
      'has filled its memory',
      'held = bytearray(b"x") * (200 * 2**20)\nprint("up")\nwhile True: held[::4096] = held[::4096]',
    ],
    ['has closed its output', 'import os\nprint("up")\nos.closerange(0, 100)\nwhile True: pass'],
  ])('that %s ends, and its jail serves the next one', async (_what, code) => {
    const before = await nextServer();
    const { execution, server } = await cancelOnceUp(code);
    expect(execution.outcome).toEqual({ kind: 'cancelled', stdout: expect.stringMatching(/^(up\n)+$/), stderr: '' });
    expect([server, await nextServer()]).toEqual([before, before]);
  });

  it.each([
    ['', ENDLESS],
    ['and is long', `${ENDLESS}\n#${'x'.repeat(1_000_000)}`],
  ])('at its very start %s costs no jail', async (_what, code) => {
    const before = await nextServer();
    const { outcome, pid } = await run(code, {
      signal: cancellation.signal,
      onStart: () => {
        cancellation.abort();
      },
    });
    expect(outcome.kind).toBe('cancelled');
    expect(pid).toBeGreaterThan(0);
    expect(await nextServer()).toBe(before);
  });

  it('while its jail starts is never started, and the jail serves the next one', async () => {
    expect(jails()).toHaveLength(1);
    const running = run('import argparse\nprint("up")', { signal: cancellation.signal });
    cancellation.abort();
    expect(await running).toEqual(NEVER_STARTED);
    expect((await run('import argparse\n1')).outcome.kind).toBe('returned');
    expect(jails()).toHaveLength(2);
  });

  it('while it waits for a slot is never started', async () => {
    const other = new AbortController();
    let waiting: Promise<Execution> | undefined;
    const first = run(ENDLESS, {
      signal: other.signal,
      onOutput: () => {
        waiting ??= run('1', { signal: cancellation.signal });
        cancellation.abort();
        void waiting.then(() => {
          other.abort();
        });
      },
    });
    expect((await first).outcome.kind).toBe('cancelled');
    expect(await waiting).toEqual(NEVER_STARTED);
  });

  it('in any step towards its start ends, and costs no jail', async () => {
    const before = await nextServer();
    for (let steps = 0; steps < 40; steps++) {
      const early = new AbortController();
      for (let count = 0; count < 100; count++) await turn(); // so that nothing is left to wait for, most likely
      const running = run(ENDLESS, { signal: early.signal });
      for (let step = 0; step < steps; step++) await Promise.resolve();
      early.abort();
      expect((await running).outcome).toEqual({ kind: 'cancelled', stdout: expect.any(String), stderr: '' });
      expect(getEventListeners(early.signal, 'abort')).toEqual([]);
    }
    expect(await nextServer()).toBe(before);
  });

  it('at about its end is cancelled or not, but over, and costs no jail', async () => {
    const before = await nextServer();
    for (let turns = 0; turns < 100; turns++) {
      const late = new AbortController();
      const running = run('print("done")', { signal: late.signal });
      for (let count = 0; count < turns; count++) await turn();
      late.abort();
      const { outcome } = await running;
      if (outcome.kind === 'cancelled') expect(['', 'done\n']).toContain(outcome.stdout);
      else expect(outcome).toMatchObject({ kind: 'returned', stdout: 'done\n' });
      expect(getEventListeners(late.signal, 'abort')).toEqual([]);
    }
    expect(await nextServer()).toBe(before);
  });

  it('ends with its jail when the fork server does not end it', async () => {
    let server = 0;
    const { outcome } = await run(ENDLESS, {
      signal: cancellation.signal,
      onStart: (pid) => (server = parentOf(pid)),
      onOutput: () => {
        process.kill(server, 'SIGSTOP');
        cancellation.abort();
      },
    });
    expect(outcome).toEqual({ kind: 'cancelled', stdout: 'up\n', stderr: '' });
    await eventually('the jail is gone', () => !isRunning(server));
    expect(await nextServer()).not.toBe(server);
  });

  it('is not run again when its jail is lost meanwhile', async () => {
    const told: string[] = [];
    let server = 0;
    const { outcome } = await run(ENDLESS, {
      signal: cancellation.signal,
      onStart: (pid) => {
        told.push('started');
        server = parentOf(pid);
      },
      onOutput: () => {
        process.kill(server, 'SIGSTOP');
        cancellation.abort();
        process.kill(server, 'SIGKILL');
      },
      onRestart: () => told.push('void'),
    });
    expect(outcome).toEqual({ kind: 'cancelled', stdout: 'up\n', stderr: '' });
    expect(told).toEqual(['started']);
    expect(await nextServer()).not.toBe(server);
  });

  it('while its next jail starts, since the last was lost, is not started again', async () => {
    let server = 0;
    const execution = await run(ENDLESS, {
      signal: cancellation.signal,
      onStart: (pid) => (server = parentOf(pid)),
      onOutput: () => process.kill(server, 'SIGKILL'),
      onRestart: () => {
        cancellation.abort();
      },
    });
    expect(execution).toEqual(NEVER_STARTED);
    await nextServer();
  });
});

describe('a program that runs when the sandbox ends', () => {
  it('is over, though its fork server does not end it', async () => {
    const own = await ComposedSandbox.start();
    let server = 0;
    const running = own.sandbox.run(
      { code: ENDLESS, timeoutSeconds: 300 },
      {
        onStart: (pid) => (server = parentOf(pid)),
        onOutput: () => {
          process.kill(server, 'SIGSTOP');
          void own[Symbol.asyncDispose]();
        },
      },
    );
    await expect(running).rejects.toBeInstanceOf(JailLostError);
    await eventually('the jail is gone', () => !isRunning(server));
  });
});
