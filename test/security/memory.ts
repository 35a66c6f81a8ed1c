import { type HostileProgram, type RequiredAnswer } from './hostile-program';

const OVER_MEMORY: RequiredAnswer = { status: 400, error: 'Memory limit of 256 MiB exceeded' };
const CRASHED: RequiredAnswer = { status: 400, error: 'Process killed by signal 11 (SIGSEGV)' };
const TOO_DEEP: RequiredAnswer = { status: 400, error: /RecursionError: maximum recursion depth exceeded/ };
const SERVED: RequiredAnswer = { status: 200, result: 'served' };

/** The C library as `libc`, and `refused` for how a call that must fail has failed. */
const LIBC = `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = libc.shmat.restype = libc.sbrk.restype = ctypes.c_void_p
def refused(result):
    return ctypes.c_int(result or 0).value == -1`;

/** Memory of every kind: a process's own, files', and the kernel's on its behalf. */
export const MEMORY: readonly HostileProgram[] = [
  // Objects of Python's
  {
    name: 'lists without end',
    program: `
held = []
while True:
    held.append([0] * 10**6)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a byte array, page by page',
    program: `
held = bytearray(10**9)
held[::4096] = held[::4096]`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a string that doubles',
    program: `
text = 'é'
while True:
    text += text`,
    answer: OVER_MEMORY,
  },
  { name: 'a dictionary of numbers', program: `dict.fromkeys(range(10**8))`, answer: OVER_MEMORY },
  { name: 'a terabyte at once', program: `bytearray(10**12)`, answer: OVER_MEMORY },
  { name: 'a number of a hundred billion bits', program: `1 << 10**11`, answer: OVER_MEMORY },
  { name: 'a field a hundred billion characters wide', program: `f'{1:{10**11}}'`, answer: OVER_MEMORY },
  {
    name: 'a refusal that it copes with',
    program: `
try:
    bytearray(10**12)
except MemoryError:
    return 'served'`,
    answer: SERVED,
  },
  {
    name: 'the pretence of a lack of memory',
    program: `raise MemoryError('as if')`,
    answer: { status: 400, error: /^Traceback [^]*MemoryError: as if$/ },
  },
  {
    name: 'an array of ones',
    program: `
import numpy
numpy.ones(10**8)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'an array of a petabyte',
    program: `
import numpy
numpy.empty(10**15, 'b')`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a source whose tree is a thousand times its size',
    program: `x = [${'[],'.repeat(330_000)}]\nreturn 'served'`,
    answer: [SERVED, OVER_MEMORY],
  },
  {
    name: 'a match that remembers each of a million choices',
    program: `
import re
re.match('(?:(a)|(b))*?c', 'ab' * 10**7)`,
    answer: OVER_MEMORY,
  },

  // What grows when it is unpacked
  {
    name: 'a gzip bomb',
    program: `
import gzip
gzip.decompress(gzip.compress(bytes(2**24)) * 30)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'an archive of archives',
    program: `
import io, zipfile
def pack(content, copies):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED) as archive:
        for n in range(copies):
            archive.writestr(str(n), content)
    return packed.getvalue()
def unpack(content):
    if not content.startswith(b'PK'):
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return [unpack(archive.read(name)) for name in archive.namelist()]
unpack(pack(pack(bytes(2**23), 1), 40))`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a decompressor with a window of a gigabyte',
    program: `
import lzma
lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{'id': lzma.FILTER_LZMA2, 'dict_size': 3 << 29}]).decompress(b'\\x01')`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a billion laughs',
    program: `
import xml.etree.ElementTree as tree
entities = ''.join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
tree.fromstring(f'<!DOCTYPE l [<!ENTITY l0 "{"lol" * 100}">{entities}]><l>&l9;</l>')`,
    answer: [{ status: 400, error: /ParseError: limit on input amplification factor/ }, OVER_MEMORY],
  },
  {
    name: 'a billion laughs at a parser told not to care',
    program: `
from lxml import etree
entities = ''.join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
text = f'<!DOCTYPE l [<!ENTITY l0 "{"lol" * 100}">{entities}]><l>&l9;</l>'
etree.fromstring(text, etree.XMLParser(huge_tree=True, resolve_entities=True))`,
    answer: [{ status: 400, error: /XMLSyntaxError: Maximum entity amplification factor exceeded/ }, OVER_MEMORY],
  },

  // When the program is over, as it were
  {
    name: 'an atexit handler that fills it',
    program: `
import atexit
atexit.register(lambda: [0] * 10**8)
return 'served'`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a __del__ that fills it',
    program: `
class Late:
    def __del__(self):
        bytearray(b'x') * 10**9
late = Late()`,
    answer: OVER_MEMORY,
  },
  {
    name: 'an exception whose text fills it',
    program: `
class Grows(Exception):
    def __str__(self):
        return 'x' * 10**9
raise Grows`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a result whose repr fills it',
    program: `
class Grows:
    def __repr__(self):
        return 'x' * 10**9
return [Grows()]`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a result that is its own million copies',
    program: `
shared = 'x' * 1000
for _ in range(6):
    shared = [shared] * 100
return shared`,
    answer: OVER_MEMORY,
  },

  // The stack
  {
    name: 'calls without end',
    program: `
def call():
    call()
call()`,
    answer: TOO_DEEP,
  },
  {
    name: 'calls without end or limit',
    program: `
import sys
sys.setrecursionlimit(10**9)
def call():
    call()
call()`,
    answer: [OVER_MEMORY, CRASHED],
  },
  {
    name: 'calls through C without limit',
    program: `
import sys
sys.setrecursionlimit(10**9)
def call(_):
    return list(map(call, [0]))
call(0)`,
    answer: [CRASHED, TOO_DEEP],
  },
  {
    name: 'a stack without limit',
    program: `
import resource, sys
hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
sys.setrecursionlimit(10**9)
def call(_):
    return sorted([0], key=call)
call(0)`,
    answer: [OVER_MEMORY, CRASHED, TOO_DEEP],
  },
  {
    name: 'a million iterators within each other, dropped',
    program: `
nested = iter(())
for _ in range(10**6):
    nested = map(str, nested)
del nested
return 'served'`,
    answer: [SERVED, CRASHED],
  },
  {
    name: 'a list of a million levels as its result',
    program: `
nested = []
for _ in range(10**6):
    nested = [nested]
return nested`,
    answer: TOO_DEEP,
  },
  {
    name: 'a pickle of a million levels, without limit',
    program: `
import pickle, sys
sys.setrecursionlimit(10**9)
nested = []
for _ in range(10**6):
    nested = [nested]
pickle.dumps(nested)`,
    answer: [CRASHED, TOO_DEEP],
  },
  { name: 'JSON of a million levels', program: `import json\njson.loads('[' * 10**6)`, answer: TOO_DEEP },
  {
    name: 'an expression of a million levels',
    program: `eval('-' * 10**6 + '1')`,
    // MemoryError is the parser's word for it.
    answer: [OVER_MEMORY, TOO_DEEP],
  },
  {
    name: 'a pattern of ten thousand groups',
    program: `import re\nre.compile('(' * 10**4 + ')' * 10**4)`,
    answer: TOO_DEEP,
  },
  {
    name: 'threads with stacks of a gigabyte',
    program: `
import threading
threading.stack_size(1 << 30)
for _ in range(3):
    threading.Thread(target=threading.Event().wait, daemon=True).start()`,
    answer: { status: 400, error: /RuntimeError: can't start new thread$/ },
  },

  // Several processes
  {
    name: 'children that each take a share',
    program: `
import os
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(b'x') * (50 << 20)
        os.kill(os.getpid(), 19)
for _ in range(8):
    os.wait()`,
    timeout: 2,
    answer: OVER_MEMORY,
  },
  {
    name: 'copies on write of a fat parent',
    program: `
import os
held = bytearray(b'x') * (100 << 20)
for _ in range(4):
    if os.fork() == 0:
        held[::4096] = bytes(len(held) // 4096)
        os.kill(os.getpid(), 19)
os.wait()`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a new child for each that is killed',
    program: `
import os
while True:
    if os.fork() == 0:
        held = bytearray(b'x') * 10**9
    os.wait()`,
    timeout: 2,
    answer: OVER_MEMORY,
  },
  {
    name: 'a place behind others in the killer’s order',
    program: `
import os
for path in ('/proc/self/oom_score_adj', '/proc/self/oom_adj', '/proc/thread-self/oom_score_adj'):
    try:
        open(path, 'w').write('-17')
    except OSError:
        continue
    raise SystemExit('it could')
held = bytearray(b'x') * 10**9`,
    answer: OVER_MEMORY,
  },

  // Mappings
  {
    name: 'a shared mapping',
    program: `
import mmap
held = mmap.mmap(-1, 1 << 30)
held[::4096] = bytes(1 << 18)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a mapping filled by the kernel',
    program: `
import mmap
MAP_POPULATE = 0x8000
held = mmap.mmap(-1, 1 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_POPULATE)
held[:1 << 28] = bytes(1 << 28)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'huge pages, one byte of each',
    program: `
import mmap
held = mmap.mmap(-1, 1 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
held.madvise(14)
held[::1 << 21] = bytes(1 << 9)
return 'served'`,
    answer: [SERVED, OVER_MEMORY],
  },
  {
    name: 'reserved huge pages',
    program: `${LIBC}
MAP_HUGETLB, MFD_HUGETLB, SHM_HUGETLB = 0x40000, 4, 0o4000
length = ctypes.c_size_t(1 << 21)
file = libc.memfd_create(b'huge', MFD_HUGETLB)
return [
    refused(libc.mmap(None, length, 3, 0x22 | MAP_HUGETLB, -1, 0)),
    refused(file) or refused(libc.mmap(None, length, 3, 1, file, 0)),
    refused(libc.shmget(0, length, 0o1600 | SHM_HUGETLB)),
]`,
    answer: { status: 200, result: [true, true, true] },
  },
  {
    name: 'memory that cannot be swapped',
    program: `${LIBC}
held = ctypes.create_string_buffer(1 << 20)
return [refused(libc.mlock(held, len(held))), refused(libc.mlock2(held, len(held), 1)), refused(libc.mlockall(3))]`,
    answer: { status: 200, result: [true, true, true] },
  },
  {
    name: 'page tables of an empty address space',
    program: `
import mmap
MAP_NORESERVE = 0x4000
held = mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE, mmap.PROT_READ)
for position in range(0, 1 << 40, 1 << 21):
    held[position]`,
    answer: OVER_MEMORY,
  },
  {
    name: 'mappings of one page',
    program: `
import mmap
held = []
while True:
    held.append(mmap.mmap(-1, 4096))`,
    answer: OVER_MEMORY,
  },
  {
    name: 'the end of the heap, moved by hand',
    program: `${LIBC}
return refused(libc.sbrk(ctypes.c_long(2 << 30)))`,
    answer: { status: 200, result: true },
  },

  // Files in memory
  {
    name: 'files without a name',
    program: `
import os
held = [os.memfd_create('held') for _ in range(20)]
for file in held:
    os.write(file, bytes(50 << 20))`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a file larger than any may be',
    program: `
import os
os.truncate(os.memfd_create('held'), 1 << 40)`,
    answer: { status: 400, error: /OSError: \[Errno 27\] File too large/ },
  },
  {
    name: 'a full /tmp',
    program: `
for n in range(100):
    open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))`,
    answer: { status: 400, error: /OSError: \[Errno 28\] No space left on device/ },
  },
  {
    name: 'full folders and a heap',
    program: `
for n in range(60):
    for folder in ('/tmp', '/dev/shm'):
        open(f'{folder}/{n}', 'wb').write(bytes(1 << 20))
held = bytearray(b'x') * (180 << 20)`,
    answer: OVER_MEMORY,
  },
  {
    name: 'a mapping of more than /tmp can hold',
    program: `
import mmap
held = []
for n in range(3):
    with open(str(n), 'wb+') as file:
        file.truncate(60 << 20)
        held.append(mmap.mmap(file.fileno(), 0))
for mapping in held:
    mapping[::4096] = bytes(len(mapping) // 4096)`,
    answer: { status: 400, error: 'Process killed by signal 7 (SIGBUS)' },
  },
  {
    name: 'empty files, links and folders by the thousand',
    program: `
import os
for n in range(10**6):
    os.mkdir(f'/dev/shm/{n}')
    os.symlink('x' * 100, f'/dev/shm/{n}/link')
    os.link(f'/dev/shm/{n}/link', f'/dev/shm/{n}/again', follow_symlinks=False)`,
    answer: { status: 400, error: /OSError: \[Errno 28\] No space left on device/ },
  },
  {
    name: 'a folder ten thousand levels deep',
    program: `
import os
for _ in range(10**4):
    os.mkdir('x' * 250)
    os.chdir('x' * 250)
return 'served'`,
    answer: SERVED,
  },
  {
    name: 'attributes of a file',
    program: `
import os
open('/tmp/x', 'w')
for n in range(10**5):
    os.setxattr('/tmp/x', f'user.{n}', bytes(65536))`,
    answer: { status: 400, error: /OSError: \[Errno 95\]/ },
  },
  {
    name: 'the files of the interpreter, read and read',
    program: `
import os, sys
left = 400 << 20
for folder, _, names in os.walk(sys.prefix):
    for name in names:
        path = os.path.join(folder, name)
        if left > 0 and os.path.isfile(path):
            with open(path, 'rb') as file:
                while piece := file.read(1 << 20):
                    left -= len(piece)
return 'served'`,
    answer: SERVED,
  },
  {
    name: 'names that do not exist',
    program: `
import os
for n in range(10**5):
    os.path.exists(f'/usr/lib/{n}')
return 'served'`,
    answer: SERVED,
  },

  // The kernel's own
  {
    name: 'System V shared memory, not attached any more',
    program: `${LIBC}
for _ in range(100):
    number = libc.shmget(0, ctypes.c_size_t(10 << 20), 0o1600)
    address = libc.shmat(number, None, 0)
    if refused(number) or refused(address):
        raise OSError(ctypes.get_errno(), 'refused')
    ctypes.memset(address, 1, 10 << 20)
    libc.shmdt(ctypes.c_void_p(address))`,
    answer: [OVER_MEMORY, { status: 400, error: /\[Errno (1|38)\] refused/ }],
  },
  {
    name: 'System V messages that nobody takes',
    program: `${LIBC}
message = ctypes.create_string_buffer(b'\\x01' + bytes(7) + bytes(8000))
for _ in range(30_000):
    number = libc.msgget(0, 0o1600)
    if refused(number):
        raise OSError(ctypes.get_errno(), 'refused')
    for _ in range(2):
        libc.msgsnd(number, message, ctypes.c_size_t(8000), 0o4000)`,
    answer: [OVER_MEMORY, { status: 400, error: /\[Errno (1|28|38)\] refused/ }],
  },
  {
    name: 'System V semaphores by the million',
    program: `${LIBC}
for _ in range(400):
    if refused(libc.semget(0, 32_000, 0o1600)):
        raise OSError(ctypes.get_errno(), 'refused')`,
    answer: [OVER_MEMORY, { status: 400, error: /\[Errno (1|22|28|38)\] refused/ }],
  },
  {
    name: 'POSIX message queues',
    program: `${LIBC}
return refused(libc.mq_open(b'/queue', 0o102, 0o600, None))`,
    answer: { status: 200, result: true },
  },
  {
    name: 'full pipes',
    program: `
import fcntl, os
for _ in range(500):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1 << 20)
    except OSError:
        pass
    try:
        os.write(writer, bytes(1 << 20))
    except BlockingIOError:
        pass
return 'served'`,
    answer: [SERVED, OVER_MEMORY],
  },
  {
    name: 'sockets with full queues',
    program: `
import os, socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    os.fork()
    for _ in range(240):
        for end in socket.socketpair(socket.AF_UNIX, kind):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
            try:
                while True:
                    end.send(bytes(65536))
            except BlockingIOError:
                os.dup(end.fileno())
os.wait()`,
    answer: OVER_MEMORY,
  },
  {
    name: 'filters that the kernel compiles, beside all accounts',
    program: `
import ctypes, socket, struct
SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF = 26, 51
RETURN = struct.pack('HBBI', 6, 0, 0, 0)
instruction = ctypes.create_string_buffer(RETURN, len(RETURN))
def refused(family, option):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as end:
            if option == SO_ATTACH_REUSEPORT_CBPF:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            end.setsockopt(socket.SOL_SOCKET, option, struct.pack('HxxxxxxQ', 1, ctypes.addressof(instruction)))
    except OSError:
        return True
    return False
return [refused(socket.AF_UNIX, SO_ATTACH_FILTER), refused(socket.AF_INET, SO_ATTACH_REUSEPORT_CBPF)]`,
    answer: { status: 200, result: [true, true] },
  },
  {
    name: 'keys of TCP connections, beside all accounts',
    program: `
import socket, struct
TCP_MD5SIG = 14
key = struct.pack('=HH4s120xBBHI80s', socket.AF_INET, 0, bytes([10, 0, 0, 1]), 0, 0, 80, 0, b'k' * 80)
try:
    socket.socket(socket.AF_INET).setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, key)
except OSError:
    return 'refused'`,
    answer: { status: 200, result: 'refused' },
  },
  {
    name: 'access control lists, beside all accounts',
    program: `
import os, struct
def entry(kind, identity=0xFFFFFFFF):
    return struct.pack('<HHI', kind, 7, identity)
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 1, 2, 4, 16, 32
acl = struct.pack('<I', 2) + entry(USER_OBJ) + entry(USER, 1000) * 8000 + b''.join(map(entry, (GROUP_OBJ, MASK, OTHER)))
def refused(file):
    try:
        os.setxattr(file, 'system.posix_acl_access', acl)
    except OSError:
        return True
    return False
return [refused('/tmp'), refused('/dev/shm'), refused(os.memfd_create('nameless'))]`,
    answer: { status: 200, result: [true, true, true] },
  },
  {
    name: 'descriptors in flight',
    program: `
import array, socket
pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(100)]
many = array.array('i', [0] * 250)
try:
    for left, _ in pairs:
        left.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, many)])
except OSError as error:
    return error.errno`,
    answer: { status: 200, result: 109 },
  },
  {
    name: 'all descriptors of all processes',
    program: `
import os
for _ in range(60):
    if os.fork() == 0:
        try:
            while True:
                os.eventfd(0)
        except OSError as error:
            os._exit(error.errno)
return sorted({os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(60)})`,
    answer: { status: 200, result: [24] },
  },
  {
    name: 'watches on watches',
    program: `
import os, select
watched = [os.eventfd(0) for _ in range(400)]
for _ in range(500):
    poll = select.epoll()
    for descriptor in watched:
        poll.register(descriptor)
    os.dup(poll.fileno())
return 'served'`,
    answer: [SERVED, OVER_MEMORY, { status: 400, error: /OSError: \[Errno 28\]/ }],
  },
  {
    name: 'timers and queued signals',
    program: `${LIBC}
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
timer = ctypes.c_void_p()
timers = signals = 0
while timers < 10_000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0:
    timers += 1
while signals < 10_000 and libc.sigqueue(os.getpid(), int(signal.SIGRTMIN), None) == 0:
    signals += 1
return timers + signals <= 1025`,
    answer: { status: 200, result: true },
  },
];
