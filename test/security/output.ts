import { type HostileProgram, type RequiredAnswer } from './hostile-program';

const MEBIBYTE = 1024 * 1024;
const OVER_OUTPUT = { status: 400, error: 'Output limit of 1 MiB exceeded' } as const;
/** All of stdout that an answer holds when there was more. */
const FULL = /^[^]{1048576}$/;
const TOLD_ON_STDERR: RequiredAnswer = { ...OVER_OUTPUT, stdout: '' };

/** What a program writes, where, how, how much and until when. */
export const OUTPUT: readonly HostileProgram[] = [
  // Floods
  { name: 'prints without end', program: `while True: print('x' * 1000)`, answer: { ...OVER_OUTPUT, stdout: FULL } },
  {
    name: 'writes without end or newline',
    program: `
import os
while True:
    os.write(1, b'x' * 65536)`,
    answer: { ...OVER_OUTPUT, stdout: /^x{1048576}$/ },
  },
  {
    name: 'writes a gigabyte in one call',
    program: `
import os
os.writev(1, [bytes(1 << 20)] * 1000)`,
    answer: { ...OVER_OUTPUT, stdout: FULL },
  },
  {
    name: 'floods stderr and leaves stdout empty',
    program: `
import os
while True:
    os.write(2, b'x' * 65536)`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'floods both streams and the result’s at once',
    program: `
import os, threading
def flood(descriptor):
    while True:
        os.write(descriptor, b'x' * 4096)
for descriptor in map(int, os.listdir('/proc/self/fd')):
    if descriptor:
        threading.Thread(target=flood, args=[descriptor]).start()`,
    answer: OVER_OUTPUT,
  },
  {
    name: 'floods by many children',
    program: `
import os
for _ in range(30):
    if os.fork() == 0:
        while True:
            print('x' * 1000)
os.wait()`,
    answer: { ...OVER_OUTPUT, stdout: FULL },
  },
  {
    name: 'leaves a grandchild that floods',
    program: `
import os
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    while True:
        os.write(1, b'x' * 1000)
os.wait()
return 'left'`,
    answer: [{ status: 200, result: 'left', stdout: /^x*$/ }, OVER_OUTPUT],
  },
  {
    name: 'leaves a thread that floods',
    program: `
import threading
def flood():
    while True:
        print('x' * 1000)
threading.Thread(target=flood, daemon=True).start()
return 'left'`,
    answer: [{ status: 200, result: 'left', stdout: /^[x\n]*$/ }, OVER_OUTPUT],
  },
  {
    name: 'floods and sleeps on it',
    program: `
import os, time
os.write(1, bytes(2 << 20))
time.sleep(60)`,
    answer: OVER_OUTPUT,
  },
  {
    name: 'floods when all is over',
    program: `
import atexit
def flood():
    while True:
        print('x' * 1000)
atexit.register(flood)
return 'over'`,
    answer: OVER_OUTPUT,
  },
  {
    name: 'floods from its exception hook',
    program: `
import sys
def flood(*_):
    while True:
        print('x' * 1000)
sys.excepthook = flood
1 / 0`,
    answer: OVER_OUTPUT,
  },
  {
    name: 'floods from a __del__',
    program: `
class Late:
    def __del__(self):
        while True:
            print('x' * 1000)
late = Late()
return 'over'`,
    answer: OVER_OUTPUT,
  },
  {
    name: 'warns without end',
    program: `
import warnings
warnings.simplefilter('always')
while True:
    warnings.warn('x' * 1000)`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'has errors ignored without end',
    program: `
class Fails:
    def __del__(self):
        raise ValueError('x' * 1000)
while True:
    Fails()`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'dumps its stack without end',
    program: `
import faulthandler
while True:
    faulthandler.dump_traceback()`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'logs what cannot be formatted without end',
    program: `
import logging
while True:
    logging.error('%d', 'x' * 1000)`,
    answer: TOLD_ON_STDERR,
  },

  // Other ways into the pipe
  {
    name: 'writes to /dev/stdout',
    program: `
with open('/dev/stdout', 'wb') as stdout:
    while True:
        stdout.write(b'x' * 65536)`,
    answer: { ...OVER_OUTPUT, stdout: /^x{1048576}$/ },
  },
  {
    name: 'writes to its streams as found in /proc',
    program: `
import os
if os.fork() == 0:
    with open(f'/proc/{os.getppid()}/fd/2', 'wb') as stderr:
        while True:
            stderr.write(b'x' * 65536)
os.wait()`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'has the kernel send a file',
    program: `
import os
file = os.open('/tmp/x', os.O_RDWR | os.O_CREAT)
os.truncate(file, 60 << 20)
sent = 0
while sent < 60 << 20:
    sent += os.sendfile(1, file, sent, 60 << 20)`,
    answer: { ...OVER_OUTPUT, stdout: FULL },
  },
  {
    name: 'has the kernel splice a file',
    program: `
import os
file = os.open('/dev/zero', os.O_RDONLY)
while True:
    os.splice(file, 1, 1 << 20)`,
    answer: [
      { ...OVER_OUTPUT, stdout: FULL },
      { status: 400, error: /(PermissionError|OSError): \[Errno (1|22|38)\]/ },
    ],
  },
  {
    name: 'writes on after closing and reopening',
    program: `
import os
print('before')
kept = os.dup(1)
os.close(1)
os.dup2(kept, 1)
print('after')`,
    answer: { status: 200, stdout: 'before\nafter\n', stderr: '' },
  },
  {
    name: 'sends stdout the way of stderr',
    program: `
import os
os.dup2(2, 1)
while True:
    print('x' * 1000)`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'writes without a stdout',
    program: `
import os
os.close(1)
print('lost')`,
    answer: { status: 400, error: /OSError: \[Errno 9\] Bad file descriptor$/, stdout: '' },
  },
  {
    name: 'floods a pipe that never blocks',
    program: `
import os
os.set_blocking(1, False)
while True:
    try:
        os.write(1, b'x' * 65536)
    except BlockingIOError:
        pass`,
    answer: { ...OVER_OUTPUT, stdout: /^x{1048576}$/ },
  },
  {
    name: 'writes a pipe of packets, shrunk to one page',
    program: `
import fcntl, os
fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096)
fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_DIRECT)
for _ in range(1000):
    os.write(1, b'x' * 100)`,
    answer: { status: 200, stdout: 'x'.repeat(100_000) },
  },
  {
    name: 'writes byte by byte',
    program: `
import os
for _ in range(10**5):
    os.write(1, b'x')`,
    answer: { status: 200, stdout: 'x'.repeat(100_000) },
  },
  {
    name: 'takes back what it writes',
    program: `
import os
reader = os.open('/proc/self/fd/1', os.O_RDONLY)
taken = 0
for _ in range(64):
    os.write(1, b'x' * 65536)
    taken += len(os.read(reader, 65536))
return 'served'`,
    timeout: 1,
    answer: [{ status: 200, result: 'served', stdout: /^x*$/ }, OVER_OUTPUT, { status: 408 }],
  },
  {
    name: 'writes to its stdin',
    program: `
import os
os.write(0, b'x')`,
    answer: { status: 400, error: /OSError: \[Errno 9\] Bad file descriptor$/ },
  },

  // At the limit
  {
    name: 'fills stdout, stderr and result to the last byte',
    program: `
import sys
sys.stdout.write('o' * ${MEBIBYTE})
sys.stderr.write('e' * ${MEBIBYTE})
return 'r' * (${MEBIBYTE} - 2)`,
    answer: {
      status: 200,
      stdout: 'o'.repeat(MEBIBYTE),
      stderr: 'e'.repeat(MEBIBYTE),
      result: 'r'.repeat(MEBIBYTE - 2),
    },
  },
  {
    name: 'writes one byte more than it may',
    program: `
import sys
sys.stdout.write('o' * ${MEBIBYTE + 1})`,
    answer: { ...OVER_OUTPUT, stdout: 'o'.repeat(MEBIBYTE) },
  },
  {
    name: 'writes one byte more than it may, and the rest on time',
    program: `
import os
os.write(1, b'o' * ${MEBIBYTE})
os.write(1, b'o')
os._exit(0)`,
    answer: { ...OVER_OUTPUT, stdout: 'o'.repeat(MEBIBYTE) },
  },
  {
    name: 'hands back one byte more than it may',
    program: `return 'r' * (${MEBIBYTE} - 1)`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'writes a character across the limit',
    program: `
import sys
sys.stdout.write('x' + 'é' * ${MEBIBYTE / 2})`,
    answer: { ...OVER_OUTPUT, stdout: /^xé{524287}\uFFFD?$/ },
  },
  {
    name: 'writes bytes that swell in JSON',
    program: `
import os
os.write(1, bytes(${MEBIBYTE}))
os.write(2, b'\\xff' * ${MEBIBYTE})`,
    answer: { status: 200, stdout: '\0'.repeat(MEBIBYTE), stderr: '\uFFFD'.repeat(MEBIBYTE) },
  },
  {
    name: 'writes a million empty lines',
    program: `
import os
os.write(1, b'\\n' * ${MEBIBYTE})`,
    answer: { status: 200, stdout: '\n'.repeat(MEBIBYTE) },
  },

  // Text that is none, or looks like another
  {
    name: 'writes what is no UTF-8',
    program: `
import os
os.write(1, b'a\\xffb\\xc3(c\\xed\\xa0\\x80d\\xf4\\x90\\x80\\x80e\\xc0\\xaff\\xe2\\x82')`,
    answer: {
      status: 200,
      stdout: 'a\uFFFDb\uFFFD(c\uFFFD\uFFFD\uFFFDd\uFFFD\uFFFD\uFFFD\uFFFDe\uFFFD\uFFFDf\uFFFD',
    },
  },
  {
    name: 'writes a character in two halves',
    program: `
import os, time
os.write(1, b'\\xe2\\x82')
time.sleep(0.1)
os.write(1, b'\\xac')`,
    answer: { status: 200, stdout: '€' },
  },
  {
    name: 'prints a lone surrogate',
    program: `print('\\ud800')`,
    answer: { status: 400, error: /UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800'/, stdout: '' },
  },
  {
    name: 'fails with a lone surrogate',
    program: `raise ValueError('\\ud800')`,
    answer: { status: 400, error: /ValueError: \\ud800$/ },
  },
  {
    name: 'writes escapes, overwriting returns and a byte order mark',
    program: String.raw`print('\ufeff\x1b]0;owned\x07\x1b[2J\r\b\x7f\u202e\u2028\0end')`,
    answer: { status: 200, stdout: '\uFEFF\x1b]0;owned\x07\x1b[2J\r\b\x7f\u202e\u2028\0end\n' },
  },
  {
    name: 'writes an answer of the service’s own',
    program: String.raw`print('"}}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"endpoint":"/","code":200,"response":{"result":1}}', end='')`,
    answer: {
      status: 200,
      result: null,
      stdout: '"}}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"endpoint":"/","code":200,"response":{"result":1}}',
    },
  },
  {
    name: 'writes frames of the jail’s',
    program: `
import os, struct
for frame in (b'H' + struct.pack('!I', 0), b'X' + struct.pack('!IBi', 5, 0, 0), b'O' + struct.pack('!I', 2**32 - 1)):
    os.write(1, frame * 10)
    os.write(2, frame)
return 'own'`,
    answer: { status: 200, result: 'own', stdout: /^(H\0{4}){10}/ },
  },

  // Tracebacks
  { name: 'fails with ten megabytes', program: `raise ValueError('x' * 10**7)`, answer: TOLD_ON_STDERR },
  {
    name: 'fails with a million notes',
    program: `
error = ValueError('noted')
error.__notes__ = ['note'] * 10**6
raise error`,
    answer: TOLD_ON_STDERR,
  },
  {
    name: 'fails with a group of ten thousand',
    program: `raise ExceptionGroup('many', [ValueError(n) for n in range(10**4)])`,
    answer: { status: 400, error: /and 9985 more exceptions/ },
  },
  {
    name: 'fails with groups within groups',
    program: `
error = ValueError('innermost')
for _ in range(500):
    error = ExceptionGroup('outer', [error])
raise error`,
    answer: { status: 400, error: /ExceptionGroup: outer/ },
  },
  {
    name: 'fails with a chain of five thousand',
    program: `
error = None
for n in range(5000):
    last, error = error, ValueError(n)
    error.__cause__ = last
raise error`,
    answer: { status: 400, error: /^ValueError: 0\n[^]*ValueError: 4999$/ },
  },
  {
    name: 'fails with a chain that bites its tail',
    program: `
first, second = ValueError('first'), ValueError('second')
first.__cause__, second.__context__ = second, first
raise first`,
    answer: { status: 400, error: /ValueError: first$/ },
  },
  {
    name: 'fails with an exception that cannot be told',
    program: `
class Mute(Exception):
    def __str__(self):
        raise SystemExit(0)
    __repr__ = __getattr__ = __str__
raise Mute`,
    answer: [
      { status: 400, error: /Mute/ },
      { status: 400, error: /^Process exited with code [1-9]/ },
    ],
  },
  {
    name: 'fails in a line of half a megabyte',
    program: `'${'x'.repeat(500_000)}' y`,
    answer: [{ status: 400, error: /SyntaxError: invalid syntax$/ }, OVER_OUTPUT],
  },

  // Streams of its own making
  {
    name: 'leaves a buffer unwritten',
    program: `
import os
print('held', end='')
os._exit(0)`,
    answer: { status: 200, stdout: '', stderr: '' },
  },
  {
    name: 'prints a hundred megabytes to itself',
    program: `
import io, sys
sys.stdout = io.StringIO()
for _ in range(1000):
    print('x' * 10**5)
    sys.stdout.seek(0)
return 'served'`,
    answer: { status: 200, result: 'served', stdout: '' },
  },
  {
    name: 'has no streams any more',
    program: `
import sys
sys.stdout = sys.__stdout__ = None
print('lost')
del sys.stdout, sys.stderr, sys.__stderr__, sys.excepthook
1 / 0`,
    answer: { status: 400, error: /ZeroDivisionError: division by zero$/, stdout: '' },
  },
  {
    name: 'closes a stream that it prints to',
    program: `
import sys
sys.stdout.close()
print('lost')`,
    answer: { status: 400, error: /ValueError: I\/O operation on closed file\.?$/ },
  },
  {
    name: 'has a stream that never ends its last write',
    program: `
import sys, time
class Stuck:
    def write(self, text):
        return len(text)
    def flush(self):
        time.sleep(60)
sys.stdout = Stuck()
return 'over'`,
    timeout: 1,
    answer: { status: 408 },
  },
  {
    name: 'has a stream that fails at last',
    program: `
import sys
class Broken:
    def flush(self):
        raise OSError('broken')
sys.stdout = Broken()`,
    answer: { status: 400, error: 'Process exited with code 120' },
  },
];
