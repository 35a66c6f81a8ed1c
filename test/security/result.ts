import { type HostileProgram } from './hostile-program';

const MEBIBYTE = 2 ** 20;
const MEMORY_LIMIT = 'Memory limit of 256 MiB exceeded';
const OUTPUT_LIMIT = 'Output limit of 1 MiB exceeded';

/** Results, and exceptions, that fight whoever writes them down. */
export const RESULT: readonly HostileProgram[] = [
  {
    name: 'holds itself twice, thirty times over',
    program: String.raw`
held = []
for _ in range(30):
    held = [held, held]
return held`,
    answer: [{ status: 408 }, { status: 400, error: MEMORY_LIMIT }, { status: 400, error: OUTPUT_LIMIT }],
    timeout: 1,
  },
  {
    name: 'goes in circles through lists, tuples and dictionaries',
    program: String.raw`
inner = {}
outer = [(inner,), {'outer': inner}]
inner['outer'] = outer
return outer, 'beside'`,
    answer: { status: 200, result: ["[({'outer': [...]},), {'outer': {'outer': [...]}}]", 'beside'] },
  },
  {
    name: 'is nested a hundred thousand deep',
    program: String.raw`
deep = []
for _ in range(100_000):
    deep = [deep]
return deep`,
    answer: [
      { status: 400, error: /RecursionError/ },
      { status: 200, result: /./ },
    ],
  },
  {
    name: 'grows while it is written down',
    program: String.raw`
class Grow:
    def __repr__(self):
        held.append(Grow())
        return ''
held = [Grow()]
return held`,
    answer: [{ status: 408 }, { status: 400, error: MEMORY_LIMIT }],
    timeout: 1,
  },
  {
    name: 'changes its keys while it is written down',
    program: String.raw`
class Change:
    def __repr__(self):
        held[len(held)] = Change()
        return 'changed'
held = {0: Change()}
return held`,
    answer: { status: 400, error: 'RuntimeError: dictionary changed size during iteration' },
  },
  {
    name: 'is changed by a thread all the while',
    program: String.raw`
import threading
held = {'set': {1}, 'list': list(range(1000))}
started = threading.Event()
def change():
    started.set()
    while True:
        held['list'].reverse()
        held['set'] ^= {2}
threading.Thread(target=change, daemon=True).start()
started.wait()
return held`,
    answer: { status: 200, result: /^\{"set":"\{1(, 2)?\}","list":\[/ },
  },
  {
    name: 'pretends to be of the types that JSON has',
    program: String.raw`
def pretend(kind):
    return type('Liar', (), {'__class__': property(lambda self: kind), '__repr__': lambda self: kind.__name__})()
return [pretend(kind) for kind in (list, tuple, dict, str, int, float, bool, type(None))]`,
    answer: { status: 200, result: ['list', 'tuple', 'dict', 'str', 'int', 'float', 'bool', 'NoneType'] },
  },
  {
    name: 'never says what type it is',
    program: String.raw`
class Endless:
    @property
    def __class__(self):
        while True:
            pass
return [Endless()]`,
    answer: [{ status: 408 }, { status: 200, result: /Endless object/ }],
    timeout: 1,
  },
  {
    name: 'is text whose methods all fail',
    program: String.raw`
def fail(*_):
    raise ZeroDivisionError
names = [name for name in dir(str) if name not in ('__new__', '__init__', '__class__', '__getattribute__', '__del__')]
Text = type('Text', (str,), dict.fromkeys(names, fail))
return [Text('plain'), {'key': Text('value')}]`,
    answer: { status: 200, result: ['plain', { key: 'value' }] },
  },
  {
    name: 'is numbers that print as something else',
    program: String.raw`
class Integer(int):
    __repr__ = __str__ = __format__ = lambda self, *_: '"},"owned":{"'
class Real(float):
    __repr__ = __str__ = __format__ = lambda self, *_: '"},"owned":{"'
return [Integer(1), Real(1.5), {Integer(2): Real(2.5)}, {3}]`,
    answer: { status: 200, result: [1, 1.5, { '2': 2.5 }, '{3}'] },
    unseen: [/owned/],
  },
  {
    name: 'is a list and a dictionary that show something else',
    program: String.raw`
class List(list):
    __iter__ = lambda self: iter(['shown'])
    __len__ = lambda self: -1
    __getitem__ = lambda self, index: 'shown'
class Dictionary(dict):
    def items(self):
        raise ZeroDivisionError
return [List(['held']), Dictionary(key='value')]`,
    answer: [
      { status: 200, result: [['held'], { key: 'value' }] },
      { status: 400, error: /ZeroDivisionError$/ },
    ],
  },
  {
    name: 'has more members than it says, without end',
    program: String.raw`
import itertools
class Dictionary(dict):
    def items(self):
        return ((n, None) for n in itertools.count())
return Dictionary(a=1)`,
    answer: [
      { status: 200, result: { a: 1 } },
      { status: 408 },
      { status: 400, error: MEMORY_LIMIT },
      { status: 400, error: OUTPUT_LIMIT },
    ],
    timeout: 1,
  },
  {
    name: 'has keys of every odd kind',
    program: String.raw`
return {None: 0, True: 1, 2.5: 2, float('nan'): 3, (4, 'a'): 4, b'five': 5, frozenset([6]): 6, 10**30: 7, 'é': 8}`,
    answer: {
      status: 200,
      result: {
        null: 0,
        true: 1,
        '2.5': 2,
        nan: 3,
        "(4, 'a')": 4,
        "b'five'": 5,
        'frozenset({6})': 6,
        '1000000000000000000000000000000': 7,
        é: 8,
      },
    },
  },
  {
    name: 'has keys that become one',
    program: `return [{1: 'number', '1': 'text'}, {None: 1, 'null': 2}]`,
    answer: { status: 200, result: [{ '1': 'text' }, { null: 2 }] },
  },
  {
    name: 'has the keys that objects of JavaScript inherit',
    program: `return {'constructor': {'prototype': {'status': 500}}, '__proto__': {'status': 500}, 'toString': 0}`,
    answer: {
      status: 200,
      result: /^\{"constructor":\{"prototype":\{"status":500\}\},"__proto__":\{"status":500\},"toString":0\}$/,
    },
  },
  {
    name: 'has keys that are half a character',
    program: String.raw`return {'\ud800': '\udfff', 'a\udc80': ['\udc80']}`,
    answer: { status: 200, result: { '\ud800': '\udfff', 'a\udc80': ['\udc80'] } },
  },
  {
    name: 'is text that ends scripts, lines, strings and terminals',
    program: String.raw`
text = '</script><!--]]>\u2028\u2029\0\x1b]0;owned\x07\x1b[2J\r\n\\"\'\u202e\ufeff\ufffe\x7f\x85'
print(text, end='')
return text`,
    answer: {
      status: 200,
      result: '</script><!--]]>\u2028\u2029\0\x1b]0;owned\x07\x1b[2J\r\n\\"\'\u202e\ufeff\ufffe\x7f\x85',
      stdout: '</script><!--]]>\u2028\u2029\0\x1b]0;owned\x07\x1b[2J\r\n\\"\'\u202e\ufeff\ufffe\x7f\x85',
    },
  },
  {
    name: 'grows sixfold when the answer is written, with all that it has output',
    program: String.raw`
import sys
sys.stdout.write('\0' * 2**20)
sys.stderr.write('\x1b' * 2**20)
return '\x01' * 170_000`,
    answer: {
      status: 200,
      result: '\u0001'.repeat(170_000),
      stdout: '\0'.repeat(MEBIBYTE),
      stderr: '\x1b'.repeat(MEBIBYTE),
    },
  },
  {
    name: 'is as large as it may be, to the byte',
    program: `return 'x' * ${MEBIBYTE - 4} + 'é'`,
    answer: { status: 200, result: new RegExp(`^x{${MEBIBYTE - 4}}é$`) },
  },
  {
    name: 'is a byte too large, as UTF-8 counts',
    program: `return 'x' * ${MEBIBYTE - 3} + 'é'`,
    answer: { status: 400, error: OUTPUT_LIMIT },
  },
  {
    name: 'is small, and its repr is not',
    program: String.raw`
class Large:
    def __repr__(self):
        return 'x' * 2**21
return Large()`,
    answer: { status: 400, error: OUTPUT_LIMIT },
  },
  {
    name: 'has a repr that is no text',
    program: String.raw`
class Mute:
    __repr__ = lambda self: 5
return Mute()`,
    answer: { status: 400, error: 'TypeError: __repr__ returned non-string (type int)' },
  },
  {
    name: 'kills the process by its repr',
    program: String.raw`
import os
class Deadly:
    def __repr__(self):
        os.kill(os.getpid(), 9)
return [1, Deadly()]`,
    answer: { status: 400, error: 'Process killed by signal 9 (SIGKILL)' },
  },
  {
    name: 'exits by its repr',
    program: String.raw`
class Leaving:
    def __repr__(self):
        raise SystemExit(23)
return {Leaving()}`,
    answer: { status: 400, error: 'Process exited with code 23' },
  },
  {
    name: 'ends one process and goes on in another by its repr',
    program: String.raw`
import os
class Splitting:
    def __repr__(self):
        return 'parent' if os.fork() else 'child'
return Splitting()`,
    answer: { status: 200, result: 'parent' },
  },
  {
    name: 'is written by an encoder that it has patched to write no JSON',
    program: String.raw`
import json
json.JSONEncoder.iterencode = lambda *_, **__: ['}', '{']
json.JSONEncoder.encode = lambda *_: '}{'
json.encoder.encode_basestring = lambda text: text
return {'key': 'value'}`,
    answer: [
      { status: 200, result: null },
      { status: 200, result: { key: 'value' } },
    ],
  },
  {
    name: 'is written beside a numpy that is none',
    program: String.raw`
import sys, types
sys.modules['numpy'] = types.SimpleNamespace()
return {1}`,
    answer: { status: 200, result: '{1}' },
  },
  {
    name: "is numpy's: no time, no number, records, bytes, numbers of its own kinds",
    program: String.raw`
import numpy
record = numpy.array([(1, 2.5)], 'i4,f8')[0]
return [numpy.datetime64('NaT'), numpy.float32('nan'), record, numpy.void(b'\0'), numpy.str_('text'),
    numpy.bool_(True), numpy.uint64(7), numpy.float16(0.5), numpy.complex64(1j)]`,
    answer: {
      status: 200,
      result: /^\["[^"]*NaT[^"]*","nan","[^"]*\(1, 2\.5\)[^"]*","[^"]*x00[^"]*","text",true,7,0\.5,"[^"]*1j[^"]*"\]$/,
    },
  },
  {
    name: "is an array that holds itself, which numpy's own repr does not survive",
    program: String.raw`
import numpy
held = numpy.empty(1, object)
held[0] = held
return held`,
    answer: [
      { status: 200, result: /^array\(/ },
      { status: 400, error: /^(Traceback|RecursionError)|SIGSEGV/ },
    ],
  },
  {
    name: 'is put by hand where the runtime keeps it',
    program: String.raw`
globals()['<result>'] = 'forged'
globals()['<returned>'] = True`,
    answer: [
      { status: 200, result: 'forged' },
      { status: 200, result: null },
    ],
  },
  {
    name: 'is an exception with more to say than fits',
    program: `raise ValueError('x' * ${2 * MEBIBYTE})`,
    answer: { status: 400, error: OUTPUT_LIMIT },
  },
  {
    name: 'is an exit with more to say than fits',
    program: `import sys\nsys.exit('x' * ${2 * MEBIBYTE})`,
    answer: { status: 400, error: OUTPUT_LIMIT },
  },
  {
    name: 'is an exit that exits while it is asked why',
    program: String.raw`
class Reason:
    def __str__(self):
        raise SystemExit(0)
raise SystemExit(Reason())`,
    answer: { status: 400, error: /^Process exited with code 1/ },
  },
  {
    name: 'is an exception whose type has no name',
    program: String.raw`
class Nameless(type):
    @property
    def __name__(self):
        raise ZeroDivisionError
    __qualname__ = __module__ = __name__
class Secret(Exception, metaclass=Nameless):
    pass
raise Secret`,
    answer: { status: 400, error: /./ },
  },
  {
    name: 'is an exception that lets nobody see where it came from',
    program: String.raw`
class Shy(Exception):
    __traceback__ = __cause__ = __context__ = __notes__ = property(lambda self: 1 / 0)
raise Shy('away')`,
    answer: { status: 400, error: /./ },
  },
  {
    name: 'is an exception with notes that are none',
    program: String.raw`
class Note:
    def __str__(self):
        raise ZeroDivisionError
    __repr__ = __str__
error = ValueError('noted')
error.__notes__ = [Note(), 5, None, 'last']
raise error`,
    answer: { status: 400, error: /ValueError: noted\n.*\n5\nNone\nlast$/ },
  },
];
