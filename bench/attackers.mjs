/** Starts as many processes as it can, all of which run what follows. */
const EVERYWHERE = `import os
for _ in range(60):
    try:
        if os.fork() == 0: break
    except OSError: break
`;
/** As many threads. `work` is what each runs. */
const threads = (work) => `import threading
${work}
for _ in range(60): threading.Thread(target=work).start()
work()`;
/** Two processes that wake each other in turns, fifteen times. */
const pairs = (make, send, receive) => `import os, socket
for _ in range(15):
    a, b = ${make}
    c, d = ${make}
    if os.fork() == 0:
        while True:
            ${receive('a')}
            ${send('d')}
    if os.fork() == 0:
        while True:
            ${send('b')}
            ${receive('c')}
os.wait()`;
const LIBC = 'import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n';

/** What one CPU's share costs: what all others are compared with. */
export const PLAIN = { name: 'while True: pass', code: 'while True: pass' };

/** What runs in the other slot, and is sent again as soon as it has ended. Most never end by themselves. */
export const ATTACKERS = [
  { ...PLAIN, name: 'the same again (noise)' },
  { name: '61 busy processes', code: `${EVERYWHERE}while True: pass` },
  { name: '61 busy threads', code: threads('def work():\n    while True: pass') },
  { name: 'fork bomb', code: 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass' },
  {
    name: 'fork and exit',
    code: `${EVERYWHERE.replace('60', '20')}while True:
    try:
        if os.fork() == 0: os._exit(0)
        os.wait()
    except OSError: pass`,
  },
  {
    name: 'exec',
    code: `${EVERYWHERE.replace('60', '20')}while True:
    try: os.waitpid(os.posix_spawn('/usr/bin/true', ['true'], {}), 0)
    except OSError: pass`,
  },
  {
    name: 'memory near its limit, touched',
    code: `block = bytearray(230 << 20)
while True: block[::4096] = bytes(len(block) // 4096)`,
  },
  {
    name: 'memory copied',
    code: `${EVERYWHERE.replace('60', '4')}block = bytearray(20 << 20)
while True: block[:] = bytes(block)`,
  },
  { name: 'memory over its limit', code: 'blocks = []\nwhile True: blocks.append(bytearray(b"x") * (1 << 20))' },
  {
    name: 'memory over its limit, 61 times',
    code: `${EVERYWHERE}blocks = []\nwhile True: blocks.append(bytearray(b"x") * (1 << 20))`,
  },
  {
    name: 'mmap and munmap',
    code: `${EVERYWHERE.replace('60', '10')}import mmap
while True:
    with mmap.mmap(-1, 1 << 20) as area: area[::4096] = bytes(256)`,
  },
  {
    name: 'page faults of threads',
    code: `import mmap
area = mmap.mmap(-1, 8 << 20)
${threads(`def work():
    while True:
        area.madvise(mmap.MADV_DONTNEED)
        area[::4096] = bytes(2048)`)}`,
  },
  {
    name: 'mprotect of threads',
    code: `${LIBC}import mmap
area = mmap.mmap(-1, 1 << 20)
start = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(area)))
${threads(`def work():
    while True:
        libc.mprotect(start, 1 << 20, 1)
        libc.mprotect(start, 1 << 20, 3)
        ctypes.memset(start, 1, 1 << 20)`).replace('range(60)', 'range(7)')}`,
  },
  {
    name: 'page cache',
    code: `${EVERYWHERE.replace('60', '3')}held = bytearray(b"x") * (40 << 20)
buffer = bytearray(1 << 20)
while True:
    for folder, _, names in os.walk('/usr/lib'):
        for name in names:
            try:
                with open(os.path.join(folder, name), 'rb', 0) as file:
                    while file.readinto(buffer): pass
            except OSError: pass`,
  },
  {
    name: 'files looked up',
    code: `${EVERYWHERE.replace('60', '10')}number = 0
while True:
    number += 1
    for folder in ('/usr/lib', '/tmp', '/proc'):
        try: os.stat(f'{folder}/{os.getpid()}.{number}')
        except OSError: pass`,
  },
  {
    name: 'tmpfs filled and truncated',
    code: `${EVERYWHERE.replace('60', '3')}block = bytes(1 << 20)
with open(f'/tmp/{os.getpid()}', 'wb', 0) as file:
    while True:
        try:
            for _ in range(15): file.write(block)
        except OSError: pass
        file.seek(0)
        file.truncate()`,
  },
  {
    name: 'fsync and rename',
    code: `${EVERYWHERE.replace('60', '10')}name = str(os.getpid())
while True:
    with open(name, 'w') as file:
        file.write('x')
        file.flush()
        os.fsync(file.fileno())
    os.rename(name, name + 'b')`,
  },
  {
    name: 'many open files',
    code: `${EVERYWHERE.replace('60', '10')}while True:
    files = []
    try:
        while True: files.append(os.open('/dev/null', os.O_RDONLY))
    except OSError: pass
    for file in files: os.close(file)`,
  },
  { name: 'output of 1 MiB', code: 'import os\nos.write(1, b"x" * (1 << 20))' },
  { name: 'output without end', code: 'import os\nwhile True: os.write(1, b"x" * (1 << 16))' },
  { name: 'output byte by byte', code: 'import os, time\nwhile True:\n    os.write(1, b"x")\n    os.write(2, b"x")' },
  { name: 'output and result of 1 MiB', code: 'print("\\0" * 174_000)\n"\\0" * 174_000' },
  { name: 'result of 300 000 numbers', code: '[0] * 300_000' },
  { name: 'result of 150 000 lists', code: '[[]] * 150_000' },
  { name: 'source of 1 MB', code: 'a=1\n'.repeat(250_000) },
  {
    name: 'source that is slow to compile',
    code: `x = ${'('.repeat(90)}${'lambda: '.repeat(10)}0${')'.repeat(90)}\n`.repeat(400),
  },
  { name: 'programs that end at once', code: '' },
  { name: 'programs that end with all their limits used', code: `${EVERYWHERE}x = bytearray(b"x") * (3 << 20)` },
  {
    name: 'pipes',
    code: pairs(
      'os.pipe()',
      (end) => `os.write(${end}, b"x")`,
      (end) => `os.read(${end}, 1)`,
    ),
  },
  {
    name: 'unix sockets',
    code: pairs(
      'socket.socketpair()',
      (end) => `${end}.send(b"x")`,
      (end) => `${end}.recv(1)`,
    ),
  },
  {
    name: 'sockets sent over themselves',
    code: `${EVERYWHERE.replace('60', '10')}import array, socket
while True:
    a, b = socket.socketpair()
    a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [a.fileno(), b.fileno()]))])
    a.close()
    b.close()`,
  },
  { name: 'system calls', code: `${EVERYWHERE}while True: os.getppid()` },
  { name: 'system calls refused', code: `${EVERYWHERE}${LIBC}while True: libc.syscall(425)` },
  { name: 'random numbers', code: `${EVERYWHERE}while True: os.getrandom(65536)` },
  { name: '/proc', code: `${EVERYWHERE}while True:\n    with open('/proc/self/smaps', 'rb') as file: file.read()` },
  {
    name: 'futexes',
    code: `turn = __import__('threading').Condition()\n${threads('def work():\n    while True:\n        with turn: turn.notify_all(); turn.wait(0.00001)')}`,
  },
  {
    name: 'epoll',
    code: `${EVERYWHERE}import select
poll, event = select.epoll(), os.eventfd(0)
for _ in range(200): poll.register(os.dup(event), select.EPOLLIN | select.EPOLLET)
while True:
    os.eventfd_write(event, 1)
    poll.poll(0)`,
  },
  {
    name: 'timers',
    code: `${EVERYWHERE}import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
while True: signal.pause()`,
  },
  {
    name: 'sleeps',
    code: `${EVERYWHERE}${LIBC}libc.prctl(29, 1)
while True: libc.usleep(1)`,
  },
  {
    name: 'signals',
    code: `${EVERYWHERE}import signal
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
while True:
    try: os.killpg(0, signal.SIGUSR1)
    except OSError: pass`,
  },
  { name: 'sched_yield', code: `${EVERYWHERE}while True: os.sched_yield()` },
  {
    name: 'scheduling policies',
    code: `${EVERYWHERE}policies = [os.SCHED_BATCH, os.SCHED_IDLE, os.SCHED_OTHER, os.SCHED_FIFO, os.SCHED_RR]
while True:
    for policy in policies:
        for priority in (0, 1):
            try: os.sched_setscheduler(0, policy, os.sched_param(priority))
            except OSError: pass
    for nice in (-20, 0, 19):
        try: os.setpriority(os.PRIO_PROCESS, 0, nice)
        except OSError: pass`,
  },
  {
    name: 'long time slices',
    code: `${EVERYWHERE}${LIBC}import struct
libc.syscall(314, 0, struct.pack('IIQiIQQQ', 48, 0, 0, 0, 0, 100_000_000, 0, 0), 0)
while True: pass`,
  },
  {
    name: 'short time slices',
    code: `${EVERYWHERE}${LIBC}import struct
libc.syscall(314, 0, struct.pack('IIQiIQQQ', 48, 0, 0, 0, 0, 100_000, 0, 0), 0)
while True: pass`,
  },
  {
    name: 'all on one CPU, then the next',
    code: `${EVERYWHERE}import time
cpus = sorted(os.sched_getaffinity(0))
while True:
    os.sched_setaffinity(0, [cpus[int(time.monotonic() * 100) % len(cpus)]])`,
  },
  {
    name: 'bursts on all CPUs',
    code: `import os, time
for cpu in os.sched_getaffinity(0):
    if os.fork() == 0:
        os.sched_setaffinity(0, [cpu])
        while True: pass
os.wait()`,
  },
  {
    name: 'bursts of 40 ms, then the next program',
    code: `import signal
signal.setitimer(signal.ITIMER_REAL, 0.04)
${EVERYWHERE}while True: pass`,
  },
  {
    name: 'atomic writes across cache lines',
    code: `import ctypes, mmap, platform
if platform.machine() == 'x86_64':
    area = mmap.mmap(-1, 4096, prot=7)
    start = ctypes.addressof(ctypes.c_char.from_buffer(area))
    area[:5] = bytes.fromhex('f0ff07ebfb')  # again: lock incl (%rdi); jmp again
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(start)(start + 1024 - 2)
while True: pass`,
  },
];
