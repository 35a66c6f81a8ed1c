/** A row of the table: something that a program leaves, and how the next one in its jail would notice. */
export interface LeftState {
  /** What is left, in a few words; unique in the table. */
  readonly name: string;
  /** Statements that leave it. */
  readonly plant: string;
  /** Statements that end in `return`. Right after `plant`, in the same program, they return anything but `clean`. */
  readonly look: string;
  /** What they return in a program that comes next. */
  readonly clean: unknown;
}

const LIBC = 'import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n';
/** Nearly all that a program may have: not to be had while anything of another's is left. */
const TAKES_MEMORY = `return len(bytearray(b'x') * (240 << 20)) >> 20`;
const MEMORY_IS_FREE = 240;

/** All that could reach the next job. */
export const LEFT_STATE: readonly LeftState[] = [
  // Python's own
  {
    name: 'a patched module',
    plant: `import json; json.planted = 1`,
    look: `import json; return hasattr(json, 'planted')`,
    clean: false,
  },
  {
    name: 'a builtin',
    plant: `import builtins; builtins.sorted = None`,
    look: `return sorted is None`,
    clean: false,
  },
  {
    name: 'an attribute forced on a type of C’s',
    plant: `import gc; gc.get_referents(int.__dict__)[0]['planted'] = 1`,
    look: `return 'planted' in int.__dict__`,
    clean: false,
  },
  {
    name: 'a small number overwritten in memory',
    plant: `import ctypes; ctypes.c_uint32.from_address(id(201) + object.__basicsize__ + 8).value = 202`,
    look: `return len('x' * int('2' + '01'))`,
    clean: 201,
  },
  {
    name: 'a function of the runner’s',
    plant: `import sys; sys.excepthook.__globals__['format_failure'] = lambda _: 'planted'`,
    look: `import sys; return sys.excepthook.__globals__['format_failure'].__name__`,
    clean: 'format_failure',
  },
  {
    name: 'a module',
    plant: `import sys; sys.modules['planted'] = sys`,
    look: `import sys; return 'planted' in sys.modules`,
    clean: false,
  },
  {
    name: 'a folder to import from',
    plant: `import sys; sys.path.insert(0, '/dev/shm')`,
    look: `import sys; return '/dev/shm' in sys.path`,
    clean: false,
  },
  {
    name: 'a module in the working directory',
    plant: `open('planted.py', 'w').close()\nimport planted`,
    look: `
try:
    import planted
except ImportError:
    return 'absent'`,
    clean: 'absent',
  },
  {
    name: 'an importer',
    plant: `
import importlib.machinery, sys
class Finder:
    def find_spec(self, name, *_):
        return importlib.machinery.ModuleSpec(name, None, is_package=True) if name == 'planted' else None
sys.meta_path.insert(0, Finder())`,
    look: `
try:
    import planted
except ImportError:
    return 'absent'`,
    clean: 'absent',
  },
  {
    name: 'a global name',
    plant: `planted = 1`,
    look: `return 'planted' in globals()`,
    clean: false,
  },
  {
    name: 'a pattern in a cache',
    plant: `import re; re.compile('planted-' + 'pattern')`,
    look: `import re; return 'planted' + '-pattern' in str(re._cache)`,
    clean: false,
  },
  {
    name: 'lines for tracebacks',
    plant: `import linecache; linecache.cache['planted'] = (0, None, [], 'planted')`,
    look: `import linecache; return 'planted' in linecache.cache`,
    clean: false,
  },
  {
    name: 'a base class that claims others',
    plant: `import numbers; numbers.Number.register(str)`,
    look: `import numbers; return isinstance('', numbers.Number)`,
    clean: false,
  },
  {
    name: 'a dialect of CSV',
    plant: `import csv; csv.register_dialect('planted', delimiter=';')`,
    look: `import csv; return 'planted' in csv.list_dialects()`,
    clean: false,
  },
  {
    name: 'a codec',
    plant: `import codecs; codecs.register(lambda name: codecs.lookup('latin-1') if name == 'planted' else None)`,
    look: `
try:
    return len('x'.encode('planted'))
except LookupError:
    return 'absent'`,
    clean: 'absent',
  },
  {
    name: 'an audit hook, which none can take back',
    plant: `
import sys
def hook(event, _):
    if event == 'open':
        raise RuntimeError
sys.addaudithook(hook)`,
    look: `
try:
    open('/dev/null').close()
    return 'opened'
except RuntimeError:
    return 'hooked'`,
    clean: 'opened',
  },
  {
    name: 'a handler of forks',
    plant: `import os; os.register_at_fork(before=lambda: os.environ.update(FORKED='1'))`,
    look: `
import os
if os.fork() == 0:
    os._exit(0)
return 'FORKED' in os.environ`,
    clean: false,
  },
  {
    name: 'a handler of the end',
    plant: `import atexit; atexit.register(print, 'planted')`,
    look: `
import atexit, contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as said:
    atexit._run_exitfuncs()
return said.getvalue()`,
    clean: '',
  },
  {
    name: 'a tracer',
    plant: `import sys; sys.setprofile(lambda *_: None)`,
    look: `import sys; return sys.getprofile() is None`,
    clean: true,
  },
  {
    name: 'a filter of warnings',
    plant: `import warnings; warnings.simplefilter('error')`,
    look: `
import warnings
try:
    with warnings.catch_warnings(record=True):
        warnings.warn('x')
    return 'warned'
except UserWarning:
    return 'raised'`,
    clean: 'warned',
  },
  {
    name: 'a log’s handler and level',
    plant: `import logging; logging.basicConfig(level=1)`,
    look: `import logging; return [len(logging.root.handlers), logging.root.level]`,
    clean: [0, 30],
  },
  {
    name: 'a stream',
    plant: `import io, sys; sys.stdout = io.StringIO()`,
    look: `import sys; return sys.stdout is sys.__stdout__`,
    clean: true,
  },
  {
    name: 'the interpreter’s limits',
    plant: `
import gc, sys, threading
gc.disable()
sys.setrecursionlimit(5000)
sys.set_int_max_str_digits(640)
sys.setswitchinterval(1)
threading.stack_size(1 << 20)`,
    look: `
import gc, sys, threading
return [gc.isenabled(), sys.getrecursionlimit(), sys.get_int_max_str_digits(), sys.getswitchinterval(), threading.stack_size()]`,
    clean: [true, 1000, 4300, 0.005, 0],
  },
  {
    name: 'the precision of decimals',
    plant: `import decimal; decimal.getcontext().prec = decimal.DefaultContext.prec = 3`,
    look: `import decimal; return [decimal.getcontext().prec, decimal.Context().prec]`,
    clean: [28, 28],
  },
  {
    name: 'options of numpy and pandas',
    plant: `
import numpy, pandas
numpy.seterr(all='raise')
numpy.set_printoptions(precision=1)
pandas.set_option('display.precision', 1)
pandas.DataFrame.planted = 1`,
    look: `
import numpy, pandas
return [numpy.geterr()['over'], numpy.get_printoptions()['precision'], pandas.get_option('display.precision'), hasattr(pandas.DataFrame, 'planted')]`,
    clean: ['warn', 8, 6, false],
  },

  // What is random, or differs from machine to machine
  {
    name: 'a seed of random',
    plant: `import random; random.seed(1)`,
    look: `import random; return random.random() == random.Random(1).random()`,
    clean: false,
  },
  {
    name: 'a seed of numpy’s random',
    plant: `import numpy.random; numpy.random.seed(1)`,
    look: `import numpy.random; return numpy.random.rand() == numpy.random.RandomState(1).rand()`,
    clean: false,
  },
  {
    name: 'a seed of the C library’s generator',
    plant: `${LIBC}libc.srand(42)`,
    look: `${LIBC}return libc.rand()`,
    clean: 1804289383, // C's own default, srand(1)
  },
  {
    name: 'the node of UUIDs',
    plant: `import uuid; uuid._node = 42; uuid._last_timestamp = 1 << 62`,
    look: `import uuid; return [uuid.getnode() == 42, uuid._last_timestamp is None]`,
    clean: [false, true],
  },
  {
    name: 'the folder of temporary files',
    plant: `import tempfile; tempfile.tempdir = '/dev/shm'`,
    look: `import tempfile; return tempfile.gettempdir()`,
    clean: '/tmp',
  },
  {
    name: 'a time zone',
    plant: `import os, time; os.environ['TZ'] = 'XYZ3'; time.tzset()`,
    look: `import time; time.tzset(); return time.tzname[0]`,
    clean: 'UTC',
  },
  {
    name: 'a locale',
    plant: `import locale; locale.setlocale(locale.LC_ALL, 'POSIX')`,
    look: `import locale; return locale.setlocale(locale.LC_CTYPE)`,
    clean: 'C.UTF-8',
  },
  {
    name: 'the environment',
    plant: `import os; os.environ['PLANTED'] = '1'`,
    look: `import os; return 'PLANTED' in os.environ`,
    clean: false,
  },
  {
    name: 'the environment of the C library',
    plant: `${LIBC}libc.setenv(b'PLANTED', b'1', 1)`,
    look: `${LIBC}return libc.getenv(b'PLANTED')`,
    clean: 0,
  },
  {
    name: 'code of the C library',
    plant: `${LIBC}
address = ctypes.cast(libc.getppid, ctypes.c_void_p).value
assert libc.mprotect(ctypes.c_void_p(address & ~4095), ctypes.c_size_t(8192), 7) == 0
ctypes.memmove(address, bytes.fromhex('b82a000000c3'), 6)  # return 42`,
    look: `${LIBC}return libc.getppid()`,
    clean: 1,
  },

  // The process's
  {
    name: 'the working directory and the umask',
    plant: `import os; os.chdir('/dev/shm'); os.umask(0)`,
    look: `import os; return [os.getcwd(), os.umask(0)]`,
    clean: ['/tmp', 0o22],
  },
  {
    name: 'resource limits',
    plant: `import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))`,
    look: `import resource; return resource.getrlimit(resource.RLIMIT_NOFILE)[1] == 99`,
    clean: false,
  },
  {
    name: 'a low priority',
    plant: `import os; os.nice(5); os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))`,
    look: `import os; return [os.nice(0), os.sched_getscheduler(0)]`,
    clean: [0, 0],
  },
  {
    name: 'signals ignored and blocked',
    plant: `
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])`,
    look: `
import signal
return [signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, len(signal.pthread_sigmask(signal.SIG_BLOCK, []))]`,
    clean: [true, 0],
  },
  {
    name: 'an alarm',
    plant: `import signal; signal.alarm(100)`,
    look: `import signal; return signal.alarm(0)`,
    clean: 0,
  },
  {
    name: 'a name and a slow timer',
    plant: `${LIBC}
if libc.prctl(15, b'planted', 0, 0, 0) or libc.prctl(29, 10**6, 0, 0, 0):
    raise OSError(ctypes.get_errno(), 'refused')`,
    look: `${LIBC}return [open('/proc/self/comm').read() == 'planted\\n', libc.prctl(30, 0, 0, 0, 0)]`,
    clean: [false, 50_000],
  },
  {
    name: 'open descriptors',
    plant: `import os; os.dup2(1, 500)`,
    look: `import os; return '500' in os.listdir('/proc/self/fd')`,
    clean: false,
  },
  {
    name: 'flags of its stdin',
    plant: `import fcntl, os; fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)`,
    look: `import fcntl; return fcntl.fcntl(0, fcntl.F_GETFL) & 0o6000`,
    clean: 0,
  },
  {
    name: 'daemons that ignore all signals',
    plant: `
import os, signal
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            signal.sigwait([signal.SIGUSR1])`,
    look: `import os; return sum(name.isdigit() for name in os.listdir('/proc')) <= 2`,
    clean: true,
  },

  // Files, sockets and the kernel's tables
  {
    name: 'files of every kind',
    plant: `
import os, socket
for folder in ('/tmp', '/dev/shm'):
    os.makedirs(f'{folder}/folder/.hidden')
    open(f'{folder}/.file', 'w').close()
    os.mkfifo(f'{folder}/fifo')
    socket.socket(socket.AF_UNIX).bind(f'{folder}/socket')
    os.chmod(folder, 0)
    os.chmod(folder, 0o700)`,
    look: `import os; return [os.listdir('/tmp'), os.listdir('/dev/shm')]`,
    clean: [[], []],
  },
  {
    name: 'the space of files that are open and removed',
    plant: `
import os
held = []
for n in range(10):
    held.append(open(f'/tmp/{n}', 'wb'))
    held[-1].write(bytes(5 << 20))
    os.remove(f'/tmp/{n}')`,
    look: `import os; state = os.statvfs('/tmp'); return [state.f_blocks - state.f_bfree, state.f_files - state.f_ffree]`,
    clean: [0, 1],
  },
  {
    name: 'a lock on a file that all can read',
    plant: `
import fcntl, os, signal
locked = open(os.__file__)
fcntl.flock(locked, fcntl.LOCK_EX)
if os.fork() == 0:
    signal.pause()`,
    look: `
import fcntl, os
try:
    with open(os.__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return 'free'
except BlockingIOError:
    return 'locked'`,
    clean: 'free',
  },
  {
    name: 'an abstract name that a daemon listens at',
    plant: `
import os, signal, socket
listener = socket.socket(socket.AF_UNIX)
listener.bind('\\0planted')
listener.listen()
if os.fork() == 0:
    signal.pause()`,
    look: `import socket; return socket.socket(socket.AF_UNIX).connect_ex('\\0planted')`,
    clean: 111,
  },
  {
    name: 'a socket that lies in its own queue with what it holds',
    plant: `
import array, socket
kept = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
kept.bind('\\0kept')
kept.connect('\\0kept')
kept.sendmsg([b'planted'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [kept.fileno(), 1, 2]))])`,
    look: `
import socket
try:
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind('\\0kept')
    return 'free'
except OSError:
    return 'taken'`,
    clean: 'free',
  },
  {
    name: 'System V objects, named and private',
    plant: `${LIBC}
for key in (0, 4242):
    if -1 in (libc.shmget(key, ctypes.c_size_t(4096), 0o1666), libc.semget(key, 1, 0o1666), libc.msgget(key, 0o1666)):
        raise OSError(ctypes.get_errno(), 'refused')`,
    look: `${LIBC}
SHM_STAT, SEM_STAT, MSG_STAT = 13, 18, 11
space = ctypes.create_string_buffer(4096)
found = [libc.shmget(4242, 0, 0), libc.semget(4242, 0, 0), libc.msgget(4242, 0)]
for slot in range(10):
    found += [libc.shmctl(slot, SHM_STAT, space), libc.semctl(slot, 0, SEM_STAT, space), libc.msgctl(slot, MSG_STAT, space)]
return max(found)`,
    clean: -1,
  },

  {
    name: 'counters of its network',
    plant: `
import socket
for _ in range(1000):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect_ex(('10.0.0.1', 9))`,
    look: `
with open('/proc/self/net/snmp') as table:
    names, values = (line.split() for line in table if line.startswith('Ip:'))
return values[names.index('OutNoRoutes')]`,
    clean: '0',
  },
  {
    name: 'sixteen bytes in a label of IPv6 flows',
    plant: `
import socket, struct
IPV6_FLOWLABEL_MGR, ANYBODY, CREATE, SECONDS = 32, 255, 1, 100
label = b'planted data 123' + struct.pack('!IBB', 0x4242, 0, ANYBODY) + struct.pack('HHHI', CREATE, SECONDS, SECONDS, 0)
socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).setsockopt(socket.IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, label)`,
    look: `
import os
labels = '/proc/self/net/ip6_flowlabel'
return os.path.exists(labels) and b'planted'.hex() in open(labels).read()`,
    clean: false,
  },

  // What counts against the next one's limits
  {
    name: 'the memory of its heap',
    plant: `held = bytearray(b'x') * (200 << 20)`,
    look: TAKES_MEMORY,
    clean: MEMORY_IS_FREE,
  },
  {
    name: 'the memory of its page tables',
    plant: `
import mmap
held = mmap.mmap(-1, 110 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)
for position in range(0, 110 << 30, 1 << 21):
    held[position]`,
    look: TAKES_MEMORY,
    clean: MEMORY_IS_FREE,
  },
  {
    name: 'the memory of its files',
    plant: `
import os
for path in ('/tmp/x', '/dev/shm/x'):
    open(path, 'wb').write(bytes(60 << 20))
held = [os.memfd_create('x') for _ in range(2)]
for file in held:
    os.write(file, bytes(40 << 20))`,
    look: TAKES_MEMORY,
    clean: MEMORY_IS_FREE,
  },
  {
    name: 'the memory of System V segments',
    plant: `${LIBC}
libc.shmat.restype = ctypes.c_void_p
for _ in range(440):
    number = libc.shmget(0, ctypes.c_size_t(1 << 19), 0o1600)
    if number == -1:
        raise OSError(ctypes.get_errno(), 'refused')
    address = ctypes.c_void_p(libc.shmat(number, None, 0))
    ctypes.memset(address, 1, 1 << 19)
    libc.shmdt(address)`,
    look: TAKES_MEMORY,
    clean: MEMORY_IS_FREE,
  },
  {
    name: 'the memory of queues of sockets in flight',
    plant: `
import array, socket
kept = [socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(400)]
for left, right in kept:
    left.setblocking(False)
    left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    left.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [right.fileno()]))])
    try:
        while True:
            left.send(bytes(1 << 18))
    except BlockingIOError:
        pass`,
    look: TAKES_MEMORY,
    clean: MEMORY_IS_FREE,
  },
  {
    name: 'places for processes',
    plant: `
import os, signal
for _ in range(50):
    if os.fork() == 0:
        signal.pause()`,
    look: `
import os, signal
children = [os.fork() or signal.pause() for _ in range(50)]
return len(children)`,
    clean: 50,
  },
];

/** What {@link RANDOM_VALUES} use. */
export const RANDOM_MODULES =
  'cryptography.fernet, email.utils, multiprocessing, numpy, os, random, secrets, sqlite3, ssl, tempfile, uuid';

/** Expressions whose values no two programs share. */
export const RANDOM_VALUES: readonly string[] = [
  'random.random()',
  'random.Random().random()',
  'numpy.random.rand()',
  'numpy.random.default_rng().random()',
  'numpy.random.SeedSequence().entropy',
  'pandas.Series(range(10**6)).sample().iloc[0].item()',
  'uuid.uuid1().hex',
  'uuid.uuid4().hex',
  'secrets.token_hex()',
  'ssl.RAND_bytes(16).hex()',
  'os.urandom(16).hex()',
  'os.getrandom(16).hex()',
  'tempfile.mktemp()',
  'tempfile.mkdtemp()',
  'tempfile.NamedTemporaryFile().name',
  'multiprocessing.current_process().authkey.hex()',
  'email.utils.make_msgid().partition(".")[2]',
  'sqlite3.connect(":memory:").execute("select hex(randomblob(16))").fetchone()[0]',
  'cryptography.fernet.Fernet.generate_key().hex()',
];
