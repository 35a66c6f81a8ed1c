import { type HostileProgram } from './hostile-program';

const UNARY_OPERATORS = 50_000;
const DIGITS = 500_000;

/** Time: never coming to an end, in every place where the service waits for one. */
export const TIME: readonly HostileProgram[] = [
  {
    name: 'computes a tower of powers in one call',
    program: '9**9**9',
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'has a huge integer written in decimal, the guard against it switched off',
    program: String.raw`
import sys
sys.set_int_max_str_digits(0)
return str(1 << 10**8)`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'consumes an endless iterator without leaving C',
    program: String.raw`
import collections, itertools, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
collections.deque(itertools.repeat(None), maxlen=0)`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'never lets the lock of the interpreter go, in a daemon thread',
    program: String.raw`
import collections, itertools, threading
threading.Thread(target=lambda: collections.deque(itertools.repeat(None), maxlen=0), daemon=True).start()
return 'done'`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'counts for ever in SQL',
    program: String.raw`
import sqlite3
endless = 'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT count(*) FROM numbers'
sqlite3.connect(':memory:').execute(endless).fetchall()`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'catches whatever should end it and starts anew',
    program: String.raw`
def run():
    while True:
        try:
            try:
                raise SystemExit
            finally:
                run()
        except BaseException:
            continue
run()`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'raises an exception whose text never comes',
    program: String.raw`
class Endless(Exception):
    def __str__(self):
        while True:
            pass
raise Endless`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'has a hook for uncaught exceptions that never ends',
    program: String.raw`
import sys
def hook(*failure):
    print('hooked')
    while True:
        pass
sys.excepthook = hook
1 / 0`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'has a global whose finaliser never ends',
    program: String.raw`
class Undying:
    def __del__(self):
        while True:
            pass
held = Undying()
return 'done'`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'has finalisers that make what must be finalised',
    program: String.raw`
class Phoenix:
    def __init__(self):
        self.me = self
    def __del__(self):
        Phoenix()
Phoenix()
return 'ashes'`,
    answer: { status: 200, result: 'ashes' },
  },
  {
    name: 'registers itself anew in its own exit handler',
    program: String.raw`
import atexit
@atexit.register
def again():
    print('once')
    atexit.register(again)
return 'done'`,
    answer: { status: 200, result: 'done', stdout: 'once\n' },
  },
  {
    name: 'starts another thread whenever one is joined at the end',
    program: String.raw`
import threading
def relay(previous):
    previous.join()
    threading.Thread(target=relay, args=(threading.current_thread(),)).start()
first = threading.Thread(target=print)
first.start()
relay(first)
return 'done'`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'has alarms interrupt its own ending',
    program: String.raw`
import signal
def interrupt(*_):
    raise InterruptedError
signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
return list(range(50_000))`,
    answer: [{ status: 200 }, { status: 400, error: /InterruptedError|^Process exited with code \d+$/ }],
  },
  {
    name: 'turns back every clock in reach and runs on',
    program: String.raw`
import signal, time
for clock in ('time', 'monotonic', 'perf_counter', 'process_time', 'thread_time'):
    setattr(time, clock, lambda: 0.0)
for number in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC):
    try:
        time.clock_settime(number, 0)
    except OSError:
        print('refused')
while True:
    signal.setitimer(signal.ITIMER_REAL, 0)`,
    answer: { status: 408 },
    timeout: 1,
  },
  {
    name: 'keeps the service busy with a byte at a time',
    program: String.raw`
import os
while True:
    os.write(1, b'.')
    os.sched_yield()`,
    answer: [{ status: 408 }, { status: 400, error: 'Output limit of 1 MiB exceeded' }],
    timeout: 1,
  },
  {
    name: 'hangs in an importer, should the runtime import anything after it',
    program: String.raw`
import sys
class Quicksand:
    def find_spec(self, *_):
        while True:
            pass
sys.meta_path.insert(0, Quicksand())
sys.path_hooks.insert(0, Quicksand().find_spec)
sys.path_importer_cache.clear()
sys.modules.clear()
return {'done'}`,
    answer: { status: 200, result: "{'done'}" },
  },
  {
    name: 'hangs in an importer, should the runtime import anything for a traceback',
    program: String.raw`
import sys
class Quicksand:
    def find_spec(self, *_):
        while True:
            pass
sys.meta_path.insert(0, Quicksand())
undefined`,
    answer: { status: 400, error: /NameError: name 'undefined' is not defined$/ },
  },
  {
    name: 'has a source that nests without a bracket',
    program: `${'-'.repeat(UNARY_OPERATORS)}1`,
    answer: { status: 400, error: /^(MemoryError|RecursionError: .*)$/ },
  },
  {
    name: 'has a source that nests to the left',
    program: `1${'+1'.repeat(UNARY_OPERATORS)}`,
    answer: { status: 400, error: /^RecursionError: maximum recursion depth exceeded/ },
  },
  {
    name: 'has a source that nests without end where indentation allows it',
    program:
      Array.from({ length: 100 }, (_, depth) => `${' '.repeat(depth)}if 1:`).join('\n') + `\n${' '.repeat(100)}1`,
    answer: { status: 400, error: /IndentationError: too many levels of indentation$/ },
  },
  {
    name: 'has half a million digits in its source',
    program: `return ${'9'.repeat(DIGITS)}`,
    answer: { status: 400, error: /SyntaxError: Exceeds the limit \(4300 digits\) for integer string conversion/ },
  },
  {
    name: 'has constants that would fold to gigabytes',
    program: `x = lambda: (('a' * 10**6) * 10**6, (1 << 10**12), (0,) * 10**12)\nreturn 'not folded'`,
    answer: { status: 200, result: 'not folded' },
  },
  {
    name: 'inflates a few kilobytes to gigabytes',
    program: String.raw`
import zlib
deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
block = deflate.compress(bytes(2**20)) + deflate.flush(zlib.Z_FULL_FLUSH)
zlib.decompress(block * 4096, -15)`,
    answer: { status: 400, error: 'Memory limit of 256 MiB exceeded' },
  },
  {
    name: 'parses a billion laughs',
    program: String.raw`
import xml.etree.ElementTree as xml
entities = ''.join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
xml.fromstring(f'<!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{entities}]><x>&l12;</x>')`,
    answer: { status: 400, error: /limit on input amplification factor|^Memory limit of 256 MiB exceeded$/ },
  },
  {
    name: 'raises with causes that go round in a circle',
    program: String.raw`
first, second = ValueError('first'), KeyError('second')
first.__cause__, second.__cause__ = second, first
first.__context__ = second.__context__ = first
raise first`,
    answer: { status: 400, error: /ValueError: first$/ },
  },
  {
    name: 'raises with twenty thousand causes, one of the other',
    program: String.raw`
error = None
for n in range(20_000):
    error, cause = ValueError('x' * 60), error
    error.__cause__ = cause
raise error`,
    answer: { status: 400, error: 'Output limit of 1 MiB exceeded' },
  },
];
