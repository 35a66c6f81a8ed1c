import { type Service } from '../support/service';

interface Job {
  readonly code: string;
  readonly timeout?: number;
  readonly status: 200 | 400 | 408;
  /** Of how many jobs one is of this kind. */
  readonly oneOf: number;
}

const MEMORY_BOMB = 'held = []\nwhile True: held.append(bytearray(10**7))';
const SOCKET_IN_ITSELF = `import socket, array
one, other = socket.socketpair()
for end in (one, other):
  one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [end.fileno()]))])`;
const SHARED_MEMORY = `import ctypes
libc = ctypes.CDLL(None)
libc.shmget(7, 4096, 0o1600), libc.semget(7, 1, 0o1600), libc.msgget(7, 0o1600)`;

/** The rarest first; what none of them takes is a short print. */
const JOBS: readonly Job[] = [
  { oneOf: 1000, status: 408, timeout: 1, code: 'import os\nos.fork()\nwhile True: pass' },
  { oneOf: 500, status: 400, code: MEMORY_BOMB },
  { oneOf: 500, status: 400, code: 'import os\nwhile True: os.fork()' },
  { oneOf: 100, status: 200, code: 'import numpy\nfloat(numpy.ones(1000).sum())' },
  { oneOf: 100, status: 200, code: 'import subprocess\nsubprocess.check_output(["echo", "child"]).decode()' },
  { oneOf: 50, status: 200, code: 'print("x" * 100_000)' },
  { oneOf: 50, status: 200, code: 'for n in range(50): open(f"/tmp/{n}", "w").write("x" * 10_000)' },
  { oneOf: 50, status: 200, code: 'import os\nif os.fork() == 0:\n  os.setsid()\n  while True: pass' },
  { oneOf: 50, status: 200, code: SOCKET_IN_ITSELF },
  { oneOf: 50, status: 200, code: SHARED_MEMORY },
  {
    oneOf: 20,
    status: 200,
    code: 'import os, threading\nthreading.Thread(target=os.getpid).start()\nos.wait() if os.fork() else 0',
  },
  { oneOf: 10, status: 400, code: '1 / 0' },
  { oneOf: 1, status: 200, code: 'print("short")' },
];
const CALLERS = 6;

/** Has each of two slots start the jails that the jobs will ask for. */
export async function startAllJails(service: Service): Promise<void> {
  for (const module of ['json', 'subprocess', 'numpy']) {
    const job = { code: `import ${module}, time\ntime.sleep(1)` };
    await Promise.all([
      service.call(job, { headers: { connection: 'close' } }),
      service.call(job, { headers: { connection: 'close' } }),
    ]);
  }
}

/** Has a service run so many jobs of all kinds, from several callers at once. @throws Error on an answer that is wrong */
export async function runJobs(service: Service, count: number): Promise<void> {
  let taken = 0;
  const caller = async (): Promise<void> => {
    while (taken < count) {
      taken++;
      const number = taken;
      const { code, timeout = 30, status } = JOBS.find(({ oneOf }) => number % oneOf === 0)!;
      const answer = await service.call({ code, timeout }, { headers: { connection: 'close' } });
      if (answer.status !== status) throw new Error(`${code}\nwas answered ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}
