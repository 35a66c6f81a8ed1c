import { type HostileProgram } from './hostile-program';

/** Processes and threads: multiplying, hiding, and reaching for others. */
export const PROCESSES: readonly HostileProgram[] = [
  {
    name: 'kills process 1',
    program: String.raw`
import os, signal
os.kill(1, signal.SIGKILL)`,
    answer: { status: 400, error: /PermissionError: \[Errno 1\] Operation not permitted$/ },
  },
  {
    name: 'sends process 1 every signal there is, in every way there is',
    program: String.raw`
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
descriptor = os.pidfd_open(1)
def send_queued(number):
    if libc.sigqueue(1, number, None):
        raise OSError(ctypes.get_errno(), 'sigqueue')
errors = set()
for number in range(1, 65):
    for send in (
        lambda: os.kill(1, number),
        lambda: signal.pidfd_send_signal(descriptor, number),
        lambda: send_queued(number),
    ):
        try:
            send()
            errors.add(0)
        except OSError as error:
            errors.add(error.errno)
return errors == {1} or errors == {1, 38}`,
    answer: { status: 200, result: true },
  },
  {
    name: 'has the kernel signal process 1 in its name, whenever a pipe is ready',
    program: String.raw`
import fcntl, os, signal
reader, writer = os.pipe()
for descriptor in (1, 2, reader, writer):
    for owner in (1, -1):
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, owner)
        fcntl.fcntl(descriptor, 10, signal.SIGURG)  # F_SETSIG, to one that it does not die of itself
        fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
os.write(writer, b'x')
print('written')
return os.read(reader, 1) == b'x'`,
    answer: { status: 200, result: true, stdout: 'written\n' },
  },
  {
    name: 'kills all that it may, its parent among them',
    program: String.raw`
import os, signal
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)
    os._exit(0)
while True:
    signal.pause()`,
    answer: { status: 400, error: 'Process killed by signal 9 (SIGKILL)' },
  },
  {
    name: 'kills its own process group',
    program: String.raw`
import os, signal
for _ in range(5):
    if os.fork() == 0:
        signal.pause()
os.killpg(0, signal.SIGKILL)`,
    answer: { status: 400, error: 'Process killed by signal 9 (SIGKILL)' },
  },
  {
    name: 'dies of a signal that has no name',
    program: String.raw`
import os
os.kill(os.getpid(), 40)`,
    answer: { status: 400, error: 'Process killed by signal 40 (SIGRTMIN+6)' },
  },
  {
    name: 'has a child die of each signal in turn',
    program: String.raw`
import os, signal
died_of = []
for number in sorted(signal.valid_signals()):
    child = os.fork()
    if child == 0:
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(0)
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    elif os.WIFSIGNALED(status):
        died_of.append(os.WTERMSIG(status))
return len(died_of), {9, 11, 15, 34, 64} <= set(died_of)`,
    answer: { status: 200, result: [54, true] },
  },
  {
    name: 'stops its whole process group',
    program: String.raw`
import os, signal
for _ in range(5):
    os.fork()
os.killpg(0, signal.SIGSTOP)`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'passes being stopped for having ended',
    program: String.raw`
import os, signal
me, stops = os.getpid(), 50
if os.fork() == 0:
    for _ in range(stops):
        os.kill(me, signal.SIGSTOP)
        while open(f'/proc/{me}/stat').read().rsplit(')')[-1].split()[0] != 'T':
            os.sched_yield()
        os.kill(me, signal.SIGCONT)
    os._exit(stops)
return os.waitstatus_to_exitcode(os.wait()[1])`,
    answer: { status: 200, result: 50 },
  },
  {
    name: 'hangs in the kernel, waiting for a vfork child that neither execs nor ends',
    program: String.raw`
import ctypes, platform, signal
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
CLONE_VFORK = 0x4000
if ctypes.CDLL(None).syscall(clone, CLONE_VFORK | signal.SIGCHLD, 0, 0, 0, 0) == 0:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        signal.pause()`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'goes on as a fork bomb of daemons that ignore every signal',
    program: String.raw`
import os, signal
if os.fork() == 0:
    os.setsid()
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, 1024)
    while True:
        try:
            os.fork()
        except OSError:
            pass
print('gone')`,
    answer: { status: 200, stdout: 'gone\n' },
  },
  {
    name: 'posix_spawns a script that starts itself twice',
    program: String.raw`
import os
with open('/tmp/again', 'w') as script:
    script.write('#!/bin/sh\n/tmp/again & /tmp/again & wait\n')
os.chmod('/tmp/again', 0o700)
while True:
    os.posix_spawn('/tmp/again', ['again'], {}, file_actions=[(os.POSIX_SPAWN_CLOSE, 1), (os.POSIX_SPAWN_CLOSE, 2)])`,
    answer: { status: 400, error: 'Process limit of 64 exceeded' },
  },
  {
    name: 'has a shell recurse through command substitution',
    program: String.raw`
import subprocess
shell = subprocess.run(['/bin/sh', '-c', 'bomb() { x=$(bomb | bomb); }; bomb'], stderr=subprocess.DEVNULL)
return shell.returncode != 0`,
    answer: { status: 200, result: true },
  },
  {
    name: 'has threads that fork processes that start threads',
    program: String.raw`
import os, signal, threading
refused = threading.Event()
def spread():
    try:
        while True:
            if os.fork() == 0:
                threading.Thread(target=signal.pause, daemon=True).start()
                while True:
                    signal.pause()
    except (OSError, RuntimeError):
        refused.set()
try:
    for _ in range(4):
        threading.Thread(target=spread, daemon=True).start()
except RuntimeError:
    pass
return refused.wait()`,
    answer: { status: 200, result: true },
  },
  {
    name: 'starts threads out of the threads it started',
    program: String.raw`
import threading
def spread():
    for _ in range(2):
        threading.Thread(target=spread).start()
    threading.Event().wait()
threading.excepthook = lambda failure: None
spread()`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'hoards zombies until there is no room',
    program: String.raw`
import os
zombies = 0
try:
    while True:
        if os.fork() == 0:
            os._exit(0)
        zombies += 1
except BlockingIOError:
    return 50 < zombies < 64`,
    answer: { status: 200, result: true },
  },
  {
    name: 'leaves orphans that hold its pipes and write to them',
    program: String.raw`
import os
for _ in range(20):
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            while True:
                os.write(2, b'.')
        os._exit(0)
    os.wait()
return 'left'`,
    answer: [
      { status: 200, result: 'left' },
      { status: 400, error: 'Output limit of 1 MiB exceeded' },
    ],
  },
  {
    name: 'makes itself the parent of all orphans, and leaves them',
    program: String.raw`
import ctypes, os, signal
PR_SET_CHILD_SUBREAPER = 36
assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
reader, writer = os.pipe()
if os.fork() == 0:
    between = os.getpid()
    if os.fork() == 0:
        while os.getppid() == between:
            os.sched_yield()
        os.write(writer, b'%d' % os.getppid())
        while True:
            signal.pause()
    os._exit(0)
os.wait()
return int(os.read(reader, 20)) == os.getpid()`,
    answer: { status: 200, result: true },
  },
  {
    name: 'leaves a bomb that its own end sets off',
    program: String.raw`
import ctypes, os, signal
PR_SET_PDEATHSIG = 1
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
reader, writer = os.pipe()
for _ in range(5):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGUSR1, 0, 0, 0)
        os.write(writer, b'x')
        signal.sigwait({signal.SIGUSR1})
        while True:
            try:
                os.fork()
            except OSError:
                pass
for _ in range(5):
    os.read(reader, 1)
return 'armed'`,
    answer: { status: 200, result: 'armed' },
  },
  {
    name: 'has a child that gives no signal when it ends, so that nobody waits for it',
    program: String.raw`
import ctypes, os, platform, signal
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
child = ctypes.CDLL(None).syscall(clone, 0, 0, 0, 0, 0)
while child == 0:
    signal.pause()
try:
    os.wait()
except ChildProcessError:
    return child > 0`,
    answer: { status: 200, result: true },
  },
  {
    name: 'makes a child of its parent, and has that end with a status of its own',
    program: String.raw`
import ctypes, os, platform, signal
clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
CLONE_PARENT = 0x8000
reader, writer = os.pipe()
for status in (0, 99):
    if ctypes.CDLL(None).syscall(clone, CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(status)
os.close(writer)
os.read(reader, 1)
raise SystemExit(3)`,
    answer: { status: 400, error: 'Process exited with code 3' },
  },
  {
    name: 'ends its first thread alone, and goes on in another',
    program: String.raw`
import ctypes, os, platform, threading
exit_thread = {'x86_64': 60, 'aarch64': 93}[platform.machine()]
def go_on():
    while open(f'/proc/self/task/{os.getpid()}/stat').read().rsplit(')')[-1].split()[0] != 'Z':
        pass
    print('still here', flush=True)
    os._exit(7)
threading.Thread(target=go_on).start()
ctypes.CDLL(None).syscall(exit_thread, 0)`,
    answer: { status: 400, error: 'Process exited with code 7', stdout: 'still here\n' },
  },
  {
    name: 'becomes another program by way of a second thread',
    program: String.raw`
import os, threading
threading.Thread(target=os.execv, args=('/bin/sh', ['sh', '-c', 'echo replaced; exit 6'])).start()
threading.Event().wait()`,
    answer: { status: 400, error: 'Process exited with code 6', stdout: 'replaced\n' },
  },
  {
    name: 'traces, reads and compares itself, its child and process 1',
    program: String.raw`
import ctypes, os, platform, signal
ptrace, read_memory, compare = {'x86_64': (101, 310, 312), 'aarch64': (117, 270, 272)}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
TRACEME, ATTACH, SEIZE = 0, 16, 0x4206
child = os.fork()
if child == 0:
    signal.pause()
errors = set()
for call in [
    (ptrace, TRACEME, 0, 0, 0),
    *((ptrace, request, pid, 0, 0) for request in (ATTACH, SEIZE) for pid in (1, child)),
    *((read_memory, pid, None, 0, None, 0, 0) for pid in (1, child)),
    (compare, os.getpid(), 1, 2, 0, 0),
]:
    errors.add(ctypes.get_errno() if libc.syscall(*call) else 0)
return errors <= {1, 38}`,
    answer: { status: 200, result: true },
  },
  {
    name: 'starves process 1: limits, niceness, scheduling, processors',
    program: String.raw`
import os, resource
allowed = []
for name, attempt in {
    'limit': lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)),
    'niceness': lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    'idle': lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    'processors': lambda: os.sched_setaffinity(1, {0}),
    'group': lambda: os.setpgid(1, 0),
}.items():
    try:
        attempt()
        allowed.append(name)
    except OSError:
        pass
return allowed`,
    answer: { status: 200, result: [] },
  },
  {
    name: 'raises itself: real time, niceness, limits',
    program: String.raw`
import os, resource
allowed = []
for name, attempt in {
    'real time': lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    'round robin': lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)),
    'niceness': lambda: os.nice(-1),
    'processes': lambda: resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096)),
    'memory': lambda: resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    'core files': lambda: resource.setrlimit(resource.RLIMIT_CORE, (2, 2)),
}.items():
    try:
        attempt()
        allowed.append(name)
    except (OSError, ValueError):
        pass
return allowed`,
    answer: { status: 200, result: [] },
  },
  {
    name: 'takes itself off the list of those to kill when memory is short',
    program: String.raw`
import os
refused = 0
for name in ('oom_score_adj', 'oom_adj'):
    for score in ('-1000', '-17', '0'):
        try:
            with open(f'/proc/self/{name}', 'w') as file:
                file.write(score)
        except OSError:
            refused += 1
return refused, open('/proc/self/oom_score_adj').read()`,
    answer: { status: 200, result: [6, '1000\n'] },
  },
  {
    name: 'makes itself undumpable, so that its entries in /proc are not its own',
    program: String.raw`
import ctypes, os
PR_SET_DUMPABLE = 4
libc = ctypes.CDLL(None)
assert libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
print(os.stat('/proc/self/mem').st_uid != os.getuid())
if os.fork() == 0:
    while True:
        pass
return 'hidden'`,
    answer: { status: 200, result: 'hidden', stdout: 'True\n' },
  },
  {
    // core(5): a handler that core_pattern names runs outside the jail, as root, for a limit of 0 and not for one of 1.
    name: "crashes for the host's handler of core dumps to look into",
    program: String.raw`
import ctypes, os, platform, resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (OSError, ValueError):
    pass
# The same from an address whose lower half is null.
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
PROT_READ_WRITE, MAP_PRIVATE_FIXED_ANONYMOUS = 3, 0x32
zeros = libc.mmap(ctypes.c_void_p(1 << 32), 4096, PROT_READ_WRITE, MAP_PRIVATE_FIXED_ANONYMOUS, -1, 0)
set_limit = {'x86_64': 302, 'aarch64': 261}[platform.machine()]
libc.syscall(set_limit, 0, resource.RLIMIT_CORE, ctypes.c_void_p(zeros), None)
if os.fork() == 0:
    os.abort()
status = os.wait()[1]
limits = next(line for line in open('/proc/self/limits') if line.startswith('Max core file size'))
return os.WTERMSIG(status), os.WCOREDUMP(status), limits.split()[4:6]`,
    answer: { status: 200, result: [6, false, ['1', '1']] },
  },
  {
    name: 'forbids itself to exit by a filter of its own',
    program: String.raw`
import ctypes, platform, struct
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
exit_group = {'x86_64': 231, 'aarch64': 94}[platform.machine()]
instructions = ctypes.create_string_buffer(b''.join(struct.pack('=HBBI', *one) for one in [
    (0x20, 0, 0, 0),  # the number of the call
    (0x15, 0, 1, exit_group),
    (0x06, 0, 0, 0x00050001),  # refused
    (0x06, 0, 0, 0x7FFF0000),  # allowed
]))
program = struct.pack('@HP', 4, ctypes.addressof(instructions))
ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)
return 'done'`,
    answer: [
      { status: 200, result: 'done' },
      { status: 400, error: /^Process killed by signal \d+ \(SIG(SEGV|TRAP|ILL|ABRT)\)$/ },
    ],
  },
  {
    name: 'leaves itself nothing of what it may use up',
    program: String.raw`
import resource
for name in dir(resource):
    if name.startswith('RLIMIT_') and name != 'RLIMIT_CPU':
        try:
            resource.setrlimit(getattr(resource, name), (0, 0))
        except (OSError, ValueError):
            pass
return 'done'`,
    answer: [
      { status: 200, result: 'done' },
      { status: 400, error: /MemoryError$|^Memory limit of 256 MiB exceeded$|^Process / },
    ],
  },
  {
    name: 'forbids itself to fork and blames the service',
    program: String.raw`
import os, resource
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
os.fork()`,
    answer: { status: 400, error: /BlockingIOError: \[Errno 11\] Resource temporarily unavailable$/ },
  },
];
