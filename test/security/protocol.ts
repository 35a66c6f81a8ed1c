import { type HostileProgram } from './hostile-program';

/** Finds the pipe that its result goes by: the one above the standard descriptors. */
const FIND_RESULT_PIPE = String.raw`
import os, stat
def is_pipe(descriptor):
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False
result = next(descriptor for descriptor in range(3, 1024) if is_pipe(descriptor))`;

/** Ends at once with a message of its own on the result pipe. */
function forging(message: string, ending: string): string {
  return `${FIND_RESULT_PIPE}\nos.write(result, ${message})\n${ending}`;
}

/** Finds the frames of the runtime around it, and in one of them the fork server it is a copy of. */
const FIND_SERVER = String.raw`
import os, sys
frame = sys._getframe()
frames = [frame]
while frame := frame.f_back:
    frames.append(frame)
server = next(frame.f_locals['self'] for frame in frames if '_control' in dir(frame.f_locals.get('self')))`;

/** The protocol: what stands between a program and the service, forged, turned round and broken. */
export const PROTOCOL: readonly HostileProgram[] = [
  {
    name: "forges the fork server's frames on every descriptor",
    program: String.raw`
import os, struct
exited = b'X' + struct.pack('!IBi', 5, 0, 0)
ready = b'H' + struct.pack('!I', 0)
for descriptor in range(1024):
    try:
        os.write(descriptor, exited + ready)
    except OSError:
        pass
os._exit(0)`,
    answer: { status: 200, result: null, stdout: 'X\0\0\0\x05\0\0\0\0\0H\0\0\0\0', stderr: /^X/ },
  },
  {
    name: 'has no socket in reach, neither that of orders nor that of programs',
    program: String.raw`
import os, stat
found = []
for descriptor in range(1024):
    try:
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            found.append(descriptor)
    except OSError:
        pass
return found`,
    answer: { status: 200, result: [] },
  },
  {
    name: "speaks through the fork server's socket, found by its own frames",
    program: String.raw`${FIND_SERVER}
try:
    server._control.sendall(b'X\0\0\0\5\0\0\0\0\0')
except OSError as error:
    return error.errno`,
    answer: { status: 200, result: 9 },
  },
  {
    name: "speaks through the fork server's relay, found among all objects",
    program: String.raw`
import gc
gc.unfreeze()
relays = [found for found in gc.get_objects() if type(found).__name__ == 'Relay']
for relay in relays:
    relay.put(b'X\0\0\0\5\0\0\0\0\0')
    try:
        relay.flush()
    except OSError as error:
        print(error.errno)
return bytes(relays[0]._buffer[15:]).count(0) == len(relays[0]._buffer) - 15`,
    answer: { status: 200, result: true, stdout: '9\n' },
  },
  {
    name: "borrows the fork server's functions: mounts and namespaces",
    program: String.raw`${FIND_SERVER}
linux = next(frame.f_globals['linux'] for frame in frames if 'linux' in frame.f_globals)
for attempt in (
    lambda: linux.unshare(linux.CLONE_NEWNS),
    lambda: linux.mount_tmpfs(b'/tmp', b'size=1g'),
    lambda: linux.mount_tmpfs(b'/etc', b'size=1g'),
    lambda: linux.make_read_only(b'/tmp'),
):
    try:
        attempt()
        print('allowed')
    except OSError as error:
        print(error.errno)`,
    answer: { status: 200, stdout: '1\n1\n1\n1\n' },
  },
  {
    name: 'goes on as the fork server, because nothing can end it any more',
    program: String.raw`
import os
os._exit = lambda status: None
return 'ended'`,
    answer: { status: 200, result: 'ended', stderr: '' },
  },
  {
    name: 'takes the calls away that carry its result',
    program: String.raw`
import os
os.write = lambda descriptor, data: len(data)
os.getpid = lambda: 1
return 'carried'`,
    answer: { status: 200, result: 'carried' },
  },
  {
    name: 'makes the report of its result a call that never gets on',
    program: String.raw`
import os
os.write = lambda descriptor, data: 0
return 'carried'`,
    answer: { status: 200, result: 'carried' },
  },
  {
    name: 'patches the runtime by its frames: reports what it was not told to',
    program: String.raw`
import sys
frame = sys._getframe()
while 'encode_result' not in frame.f_globals:
    frame = frame.f_back
frame.f_globals['encode_result'] = lambda value: b'"patched"'
frame.f_globals['_status'] = lambda code: 0
frame.f_globals['end_program'] = lambda status: 5
return 'honest'`,
    answer: { status: 400, error: 'Process exited with code 5' },
  },
  {
    name: 'takes the built-in functions away',
    program: String.raw`
import builtins
for name in ('isinstance', 'len', 'type', 'getattr', 'BaseException', 'OSError', 'str'):
    delattr(builtins, name)
return 'done'`,
    answer: [{ status: 200 }, { status: 400, error: /./ }],
  },
  {
    // Without the byte at its front the service would hold the program for one that never started, and run it again.
    name: 'reads back what tells the service that it has started',
    program: String.raw`${FIND_RESULT_PIPE}
try:
    reader = os.open(f'/proc/self/fd/{result}', os.O_RDONLY | os.O_NONBLOCK)
    return os.read(reader, 4096)
except PermissionError as error:
    return error.errno`,
    answer: { status: 200, result: 13 },
  },
  {
    name: 'takes its output back out of the pipe',
    program: String.raw`
import os
reader = os.open('/proc/self/fd/1', os.O_RDONLY | os.O_NONBLOCK)
print('taken back')
try:
    os.read(reader, 4096)
except BlockingIOError:
    pass
return 'done'`,
    answer: { status: 200, result: 'done', stdout: /^(taken back\n)?$/ },
  },
  {
    name: 'forges a result that breaks out into the envelope',
    program: forging(`b'R1},"message":"owned","code":500,"x":{"y":1'`, 'os._exit(0)'),
    answer: { status: 200, result: null },
    unseen: [/owned/],
  },
  {
    name: 'forges a result that is no UTF-8',
    program: forging(String.raw`b'R"\xff\xc0\xaf\xed\xa0\x80"'`, 'os._exit(0)'),
    answer: { status: 200, result: /^\uFFFD+$/ },
  },
  {
    name: 'forges a result in what Python takes for JSON',
    program: forging(`b'R[NaN, Infinity, -Infinity]'`, 'os._exit(0)'),
    answer: { status: 200, result: null },
  },
  {
    name: 'forges a result deeper than parsers go',
    program: forging(`b'R' + b'[' * 2000 + b']' * 2000`, 'os._exit(0)'),
    answer: { status: 200, result: null },
  },
  {
    name: 'forges a result before the real one',
    program: forging(`b'R"forged"'`, 'return "real"'),
    answer: { status: 200, result: null },
  },
  {
    name: 'forges a result in pieces of a byte, and nothing but white space behind it',
    program: String.raw`${FIND_RESULT_PIPE}
for byte in b'R  {"a": 1}\r\n\t ':
    os.write(result, bytes([byte]))
os._exit(0)`,
    answer: { status: 200, result: { a: 1 } },
  },
  {
    name: 'forges a failure, and ends well',
    program: forging(`b'ETraceback: made up'`, 'os._exit(0)'),
    answer: { status: 200, result: null },
    unseen: [/made up/],
  },
  {
    name: 'forges a success, and ends badly',
    program: forging(`b'R"fine"'`, 'os._exit(3)'),
    answer: { status: 400, error: 'Process exited with code 3' },
  },
  {
    name: 'forges a traceback, and is killed',
    program: forging(`b'Emade up'`, 'os.kill(os.getpid(), 9)'),
    answer: { status: 400, error: 'Process killed by signal 9 (SIGKILL)' },
  },
  {
    name: 'forges the text of an exit that another status belongs to',
    program: forging(`b'X\\xff\\0text'`, 'os._exit(200)'),
    answer: { status: 400, error: 'Process exited with code 200: \uFFFD\0text' },
  },
  {
    name: 'forges a want of memory',
    program: forging(`b'MMemoryError'`, 'os._exit(0)'),
    answer: { status: 200, result: null },
  },
  {
    name: 'forges a want of processes that the kernel knows nothing of',
    program: forging(`b'P'`, 'os._exit(1)'),
    answer: { status: 400, error: 'Process exited with code 1' },
  },
  {
    name: 'forges messages of a kind that there is not',
    program: forging(`b'\\0\\xffZHAS'`, 'os._exit(1)'),
    answer: { status: 400, error: 'Process exited with code 1' },
  },
  {
    name: 'fills the result pipe without end',
    program: String.raw`${FIND_RESULT_PIPE}
while True:
    os.write(result, b'R' * 65536)`,
    answer: { status: 400, error: 'Output limit of 1 MiB exceeded' },
  },
  {
    name: 'has a child hand back a result too',
    program: String.raw`
import os
child = os.fork()
if child:
    os.waitpid(child, 0)
return 'parent' if child else 'child'`,
    answer: { status: 200, result: 'parent' },
  },
  {
    name: 'has an orphan forge a result after its end',
    program: String.raw`${FIND_RESULT_PIPE}
if os.fork() == 0:
    parent = os.getppid()
    while os.getppid() == parent:
        pass
    while True:
        os.write(result, b'R"late"')
return 'in time'`,
    answer: [
      { status: 200, result: 'in time' },
      { status: 200, result: null },
    ],
  },
  {
    name: 'becomes a program that writes on the result pipe',
    program: String.raw`${FIND_RESULT_PIPE}
os.dup2(result, 5)
os.execv('/bin/sh', ['sh', '-c', 'printf R123 >&5; printf out'])`,
    answer: { status: 200, result: 123, stdout: 'out' },
  },
  {
    name: 'turns its output into its result',
    program: String.raw`${FIND_RESULT_PIPE}
os.dup2(result, 1)
print('R"printed"', flush=True)
os._exit(0)`,
    answer: { status: 200, result: 'printed', stdout: '' },
  },
  {
    name: 'turns its result into output',
    program: String.raw`${FIND_RESULT_PIPE}
os.dup2(1, result)
return 'diverted'`,
    answer: { status: 200, result: null, stdout: 'R"diverted"' },
  },
  {
    name: 'puts a file where its result should go',
    program: String.raw`${FIND_RESULT_PIPE}
os.dup2(os.open('/tmp/result', os.O_CREAT | os.O_RDWR), result)
return 'filed'`,
    answer: { status: 200, result: null },
  },
  {
    name: 'closes every descriptor and has nothing to say',
    program: String.raw`
import os
os.closerange(0, 1024)
return 'lost'`,
    answer: { status: 400, error: /^Process exited with code (1|120)$/ },
  },
  {
    name: 'closes its pipes early and works on in silence',
    program: String.raw`
import os, sys
sys.stdout = sys.stderr = None
os.closerange(0, 1024)
if os.fork() == 0:
    os._exit(0)
os.wait()
os._exit(42)`,
    answer: { status: 400, error: 'Process exited with code 42' },
  },
  {
    name: 'makes its pipes as small as can be',
    program: String.raw`${FIND_RESULT_PIPE}
import fcntl
for descriptor in (1, 2, result):
    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1)
print('x' * 100_000)
return 'y' * 100_000`,
    answer: { status: 200, result: /^y{100000}$/, stdout: /^x{100000}\n$/ },
  },
  {
    name: 'makes its pipes keep packets apart',
    program: String.raw`${FIND_RESULT_PIPE}
import fcntl
for descriptor in (1, 2, result):
    fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_DIRECT)
for _ in range(300):
    os.write(1, b'x')
os.write(1, b'x' * 100_000)
return 'y' * 100_000`,
    answer: { status: 200, result: /^y{100000}$/, stdout: /^x{100300}$/ },
  },
  {
    name: 'makes its pipes refuse to wait',
    program: String.raw`${FIND_RESULT_PIPE}
for descriptor in (1, 2, result):
    os.set_blocking(descriptor, False)
return 'y' * 1_000_000`,
    answer: [
      { status: 200, result: /^y+$/ },
      { status: 400, error: 'Process exited with code 1' },
    ],
  },
  {
    name: 'changes what it has output while it lies in the pipe',
    program: String.raw`
import os
file = os.open('/tmp/output', os.O_CREAT | os.O_RDWR)
os.write(file, b'before\n')
os.splice(file, 1, 7, offset_src=0)
os.pwrite(file, b'after!\n', 0)
return 'changed'`,
    answer: { status: 200, result: 'changed', stdout: /^(before|after!)\n$/ },
  },
  {
    name: 'gives the pipe its own memory, to change it later',
    program: String.raw`
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
class Vector(ctypes.Structure):
    _fields_ = (('base', ctypes.c_void_p), ('length', ctypes.c_size_t))
memory = ctypes.create_string_buffer(b'before')
vector = Vector(ctypes.addressof(memory), 6)
assert libc.vmsplice(1, ctypes.byref(vector), 1, 0) == -1
return ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)`,
    answer: { status: 200, result: true, stdout: '' },
  },
  {
    name: 'leaves its pipes in a socket that lies in its own queue',
    program: String.raw`${FIND_RESULT_PIPE}
import socket
left, right = socket.socketpair()
socket.send_fds(left, [b'x'], [1, 2, result, left.fileno(), right.fileno()])
return 'sent'`,
    answer: { status: 200, result: 'sent' },
  },
  {
    name: 'leaves the process by the repr of its result',
    program: String.raw`
import os
class Exit:
    def __repr__(self):
        os._exit(0)
return Exit()`,
    answer: { status: 200, result: null },
  },
  {
    name: 'has handed back its result, and leaves with another status',
    program: String.raw`
import atexit, os
atexit.register(os._exit, 9)
return 'fine'`,
    answer: { status: 400, error: 'Process exited with code 9' },
  },
  {
    name: 'has handed back its result, and kills itself as its globals go',
    program: String.raw`
import os
class Mine:
    def __del__(self, kill=os.kill, process=os.getpid()):
        kill(process, 11)
mine = Mine()
return 'fine'`,
    answer: { status: 400, error: 'Process killed by signal 11 (SIGSEGV)' },
  },
  {
    name: 'has handed back its result, and becomes another program',
    program: String.raw`
import atexit, os
atexit.register(os.execv, '/bin/sh', ['sh', '-c', 'exit 0'])
return 'fine'`,
    answer: { status: 200, result: 'fine' },
  },
  {
    name: 'leaves from within an importer',
    program: String.raw`
import os, sys
class Exit:
    def find_spec(self, *_):
        os._exit(17)
sys.meta_path.insert(0, Exit())
import colorsys`,
    answer: { status: 400, error: 'Process exited with code 17' },
  },
  {
    name: 'leaves by a thread, the first still at work',
    program: String.raw`
import os, threading
threading.Thread(target=os._exit, args=(18,)).start()
while True:
    pass`,
    answer: { status: 400, error: 'Process exited with code 18' },
  },
  {
    name: 'lies about its exit code by an integer of its own',
    program: String.raw`
class Liar(int):
    def __and__(self, other):
        return 0
    __rand__ = __index__ = __le__ = __lt__ = __ge__ = __gt__ = __and__
    def __bool__(self):
        return False
raise SystemExit(Liar(3))`,
    answer: { status: 400, error: 'Process exited with code 3' },
  },
  {
    name: 'has an exit code that no operating system takes',
    program: String.raw`
class Odd(int):
    def __and__(self, other):
        return 'odd'
raise SystemExit(Odd(3))`,
    answer: { status: 400, error: 'Process exited with code 3', stdout: '' },
  },
  {
    name: 'gives another exit code each time it is asked',
    program: String.raw`
class Exit(SystemExit):
    asked = 0
    @property
    def code(self):
        self.asked += 1
        return self.asked
raise Exit`,
    answer: { status: 400, error: 'Process exited with code 1' },
  },
];
