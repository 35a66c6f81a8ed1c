"""Whole programs: what they find, how they end, and that both are as with `python file.py`."""

# Programs are told apart more easily when each has a line.
# ruff: noqa: E501

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from in_child import result_of, run

#: Programs that must end with the same status, stdout and stderr as when Python runs them from a file.
SAME = {
    "hello": "print('Hello')",
    "nothing": "",
    "arguments": "import sys\nprint(len(sys.argv), __name__, __doc__, __spec__, __package__)",
    "unicode": "print('ñ €')\nprint('\\udcff\\udc41')",
    "unencodable": "print('\\ud800')",
    "stderr is no failure": "import sys\nprint('e', file=sys.stderr)\nprint('\\ud800', file=sys.stderr)",
    "input": "input('? ')",
    "read": "import sys\nprint(repr(sys.stdin.read()), sys.stdin.name, sys.stdout.name, sys.stdout.mode, sys.stdin.mode)",
    "encodings": "import sys\nfor s in sys.stdin, sys.stdout, sys.stderr: print(s.encoding, s.newlines, s.isatty())",
    "exit": "exit()",
    "quit with": "quit(3)",
    "exit 0": "import sys\nsys.exit(0)",
    "exit 256": "import sys\nsys.exit(256)",
    "exit -1": "import sys\nsys.exit(-1)",
    "exit True": "raise SystemExit(True)",
    "exit text": "import sys\nprint('before')\nsys.exit('bye \\u00e9')",
    "exit tuple": "import sys\nsys.exit((1, 'a'))",
    "exit in function": "import sys\ndef f():\n    try:\n        sys.exit(4)\n    finally:\n        print('f')\nf()",
    "os._exit": "import os\nprint('a', flush=True)\nos._exit(7)",
    "signal": "import os\nos.kill(os.getpid(), 9)",
    "abort": "import os\nos.abort()",
    "error": "def f(x):\n    return 1 / x\nf(0)",
    "error in class": "class A:\n    x = [i.y for i in (1,)]",
    "syntax": "x = 1\nprint('a'\ny = 2",
    "indentation": "if 1:\n  x\n y",
    "stray break": "x = 1\nbreak",
    "nonlocal": "def f():\n    nonlocal x",
    "chain": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('v') from e",
    "group": "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
    "recursion": "def f(): f()\nf()",
    "hook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0].__name__)\n1 / 0",
    "hook exits": "import sys\nsys.excepthook = lambda *a: sys.exit(5)\n1 / 0",
    "hook fails": "import sys\ndef h(a, b, c): {}['k']\nsys.excepthook = h\n1 / 0",
    "hook calls": "import sys\nsys.excepthook = lambda *a: sys.__excepthook__(*a)\n1 / 0",
    "atexit": "import atexit\natexit.register(print, 1)\natexit.register(print, 2)\nprint(0)",
    "atexit after error": "import atexit\natexit.register(print, 1)\n1 / 0",
    "atexit fails": "import atexit\natexit.register(print, 1)\n@atexit.register\ndef f():\n    1 / 0",
    "atexit exits": "import atexit, sys\natexit.register(print, 1)\natexit.register(sys.exit, 3)",
    "atexit os._exit": "import atexit, os\natexit.register(os._exit, 3)",
    "thread ids": "import os, threading\nprint(threading.main_thread().native_id == threading.get_native_id() == os.getpid())",
    "thread is joined": "import threading, time\n"
    "def t():\n    time.sleep(.1)\n    print('t')\nthreading.Thread(target=t).start()\nprint('m')",
    "thread before atexit": "import atexit, threading, time\natexit.register(print, 'atexit')\n"
    "threading.Thread(target=lambda: (time.sleep(.1), print('t'))).start()",
    "thread after error": "import threading, time\n"
    "threading.Thread(target=lambda: (time.sleep(.1), print('t'))).start()\nraise SystemExit(3)",
    "daemon thread": "import threading, time\n"
    "class A:\n    def __del__(self): pass\na = A()\ndef t():\n    while a: time.sleep(.001)\n"
    "threading.Thread(target=t, daemon=True).start()\ntime.sleep(.05)\nprint('m')",
    "thread exits": "import sys, threading\nt = threading.Thread(target=sys.exit, args=('x',))\nt.start()\nt.join()",
    "timer": "import threading\nthreading.Timer(.05, print, ('timer',)).start()",
    "executor": "from concurrent.futures import ThreadPoolExecutor\ne = ThreadPoolExecutor(2)\n"
    "e.submit(lambda: __import__('time').sleep(.1))\ne.submit(print, 'x')",
    "del": "class A:\n    def __del__(self): print('del', len('ab'), __name__)\na = A()\nprint('end')",
    "del in a cycle": "class A:\n    def __del__(self): print('del')\na = A()\na.a = a\ndel a\nprint('end')",
    "del without functions": "class A:\n    def __del__(self): print('del')\na = A()\nA = None",
    "del after many objects": "class A:\n    def __del__(self): print('del')\na = A()\na.a = a\n"
    "x = [[] for _ in range(100000)]\ndel a\nprint('end')",
    "del after error": "class A:\n    def __del__(self): print('del')\ndef f():\n    a = A()\n    1 / 0\nf()",
    "weakref": "import weakref\nclass A: pass\na = A()\nweakref.finalize(a, print, 'finalized')\nprint('end')",
    "an open file": "f = open('out', 'w')\nf.write('x')\nimport atexit\natexit.register(lambda: print(open('out').read()))",
    "fork": "import os, sys\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait()\n    print('parent')",
    "fork exits": "import os, sys\np = os.fork()\nif p == 0:\n    sys.exit(3)\nprint(os.waitpid(p, 0)[1])",
    "fork fails": "import os\np = os.fork()\nif p == 0:\n    1 / 0\nprint(os.waitpid(p, 0)[1])",
    "fork and atexit": "import atexit, os\natexit.register(lambda: print('x', flush=True))\nif os.fork():\n    os.wait()",
    "fork returns": "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()",
    "multiprocessing": "import multiprocessing as m\ndef f(x): return x * x\n"
    "if __name__ == '__main__':\n    with m.get_context('fork').Pool(2) as p: print(p.map(f, range(4)))",
    "process pool": "from concurrent.futures import ProcessPoolExecutor\nimport multiprocessing as m\n"
    "def f(x): return x * x\nwith ProcessPoolExecutor(2, m.get_context('fork')) as e: print(list(e.map(f, range(4))))",
    "process": "import multiprocessing as m\ndef f(): print('child', m.current_process().name)\n"
    "p = m.get_context('fork').Process(target=f)\np.start()\np.join()\nprint(p.exitcode)",
    "subprocess": "import subprocess, sys\nprint(subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout, flush=True)\n"
    "subprocess.run(['sh', '-c', 'echo direct'])",
    "asyncio": "import asyncio\nasync def m():\n    await asyncio.sleep(.01)\n    print('a')\n    return 1\nasyncio.run(m())",
    "pickle": "import pickle\nclass A:\n    x = 1\nprint(pickle.loads(pickle.dumps(A())).x, A.__module__, A.__qualname__)",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: 'P' = None\nprint(P(1), P(1) == P(1))",
    "hints": "import typing\nclass N:\n    n: 'N'\nprint(typing.get_type_hints(N))",
    "source": "import inspect\ndef f():\n    return 1\nclass A:\n    x = 1\nprint(inspect.getsource(f), inspect.getsource(A))",
    "a module of its own": "open('mine.py', 'w').write('x = 5')\nimport mine\nprint(mine.x)",
    "itself": "import __main__, sys\nx = 1\nprint(__main__.x, sys.modules['__main__'] is __main__)",
    "warning": "import warnings\nwarnings.warn('w')\nwarnings.warn('d', DeprecationWarning)",
    "warning of its caller": "import warnings\nwarnings.warn('w', stacklevel=2)",
    "syntax warning": "x = 1\nprint(x is 1)",
    "escape": "x = '\\d'\nprint(x)",
    "logging": "import logging\nlogging.warning('w')\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.exception('e')",
    "print_exc": "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()",
    "annotations": "x: int = 1\nprint(__annotations__)",
    "no annotations": "print(__annotations__)",
    "docstring": "'''d'''\nprint(__doc__)",
    "stdout replaced": "import io, sys\nprint('a')\nsys.stdout = io.StringIO()\nprint('b')",
    "stdout without flush": "import sys\nclass W:\n    def write(self, s): pass\nsys.stdout = W()\nprint('a')",
    "stdout closed": "import sys\nprint('a')\nsys.stdout.close()",
    "stdout deleted": "import sys\ndel sys.stdout",
    "stderr none": "import sys\nsys.stderr = None\n1 / 0",
    "stdout full": "import os, sys\nos.dup2(os.open('/dev/full', os.O_WRONLY), 1)\nsys.stdout.write('a')",
    "partial line": "import sys\nsys.stdout.write('no newline')",
    "binary": "import sys\nsys.stdout.buffer.write(b'\\xff\\n')",
    "exec": "exec('def f(): return 1 / 0')\nf()",
    "lambda in eval": "eval('(lambda: 1 / 0)()')",
    "keyboard interrupt is caught": "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\nexcept KeyboardInterrupt:\n"
    "    print('caught')",
    "alarm": "import signal, time\nsignal.signal(signal.SIGALRM, lambda *a: print('alarm'))\nsignal.alarm(1)\n"
    "signal.pause()",
}


def normal(text: str) -> str:
    """What may differ: the program's name, addresses, the library's frames, depths, suggestions, carets."""
    text = re.sub(r'(File )?"?[^\s"]*/program\.py"?', r'\1"<code>"', text).replace('"<code>":', "<code>:")
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    text = re.sub(r'^ *File "(/root|/usr|/opt|<frozen)[^\n]*\n(    [^\n]*\n)*', "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=repeated )\d+(?= more times)", "N", text)
    text = re.sub(r"(?<=Exception ignored )(in: <.*>|on flushing sys.stdout:)\n", "", text)
    text = re.sub(r"\. Did you mean[^\n]*", "", text)
    return re.sub(r"^[ |]*[~^]+ *\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", SAME)
def test_it_is_as_python_runs_a_file(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(SAME[name], "utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    python = subprocess.run(
        [sys.executable, "-X", "utf8", program],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    ended = run(SAME[name])
    assert ended.status == python.returncode
    assert ended.stdout == python.stdout.decode("utf-8", "surrogateescape")
    assert normal(ended.stderr) == normal(python.stderr.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("source", "status", "report"),
    [
        ("print(1)\n[1]", 0, b"R[1]"),
        ("exit()", 0, b"Rnull"),
        ("5\nexit()", 0, b"Rnull"),
        ("exit(3)", 3, b""),
        ("exit('bye é\\udcff')", 1, "Xbye é\\udcff".encode()),
        ("exit(2**100)", 255, b""),
        ("class A:\n    def __str__(self): 1 / 0\nraise SystemExit(A())", 1, b"X"),
        ("import sys\nsys.stderr.close()\nexit('bye')", 1, b"Xbye"),
        ("import os\nos._exit(0)", 0, b""),
        ("import os\nos.fork() and os.wait()\n'once'", 0, b'R"once"'),
        ("import os\nif os.fork() == 0: 1 / 0\nos.wait()\n2", 0, b"R2"),
        ("import os\nos.closerange(3, 100)\n5", 1, b""),
        ("import os\nos.closerange(3, 100)", 0, b""),
        ("import os\nos.closerange(3, 100)\nexit()", 0, b""),
        ("import os\nos.closerange(3, 100)\n1 / 0", 1, b""),
        ("import atexit\natexit.register(lambda: 1 / 0)\n5", 0, b"R5"),
        ("import sys\nsys.stdout.close()\n5", 0, b"R5"),
        ("class A:\n    def __repr__(self): raise SystemExit(4)\nA()", 4, b""),
    ],
)
def test_the_report(source: str, status: int, report: bytes) -> None:
    ended = run(source)
    assert (ended.status, ended.report) == (status, report)


@pytest.mark.parametrize(
    "patch",
    [
        "import json\njson.JSONEncoder.encode = json.dumps = None",
        "import traceback\ntraceback.TracebackException = None\ntraceback.StackSummary = None",
        "import sys\nsys.modules.clear()",
        "import builtins\nbuiltins.__dict__.clear()",
        "import sys\nsys.stdout = sys.stderr = sys.excepthook = sys.unraisablehook = 5",
        "import threading\nthreading._shutdown = threading._threading_atexits = None",
        "import forkserver.program as p\nfor name in list(vars(p)): setattr(p, name, None)",
        "import gc, sys\ngc.collect = gc.get_count = sys._current_frames = None",
        "import sys\nsys.setrecursionlimit(60)",
        "import linecache\nlinecache.cache = None",
    ],
)
@pytest.mark.parametrize("end", ["5", "1 / 0", "raise SystemExit(3)"])
def test_a_program_that_breaks_its_own_process_still_ends(patch: str, end: str) -> None:
    assert run(f"{patch}\n{end}").status in (0, 1, 3, 120)


def test_signals_do_not_keep_it_from_ending() -> None:
    source = (
        "import signal\ndef h(*a): raise ValueError\nsignal.signal(signal.SIGALRM, h)\n"
        "signal.setitimer(signal.ITIMER_REAL, .0001, .0001)\nwhile True: pass"
    )
    assert run(source).status in (0, 1, 70, 120)


def test_output_is_there_when_a_program_is_killed() -> None:
    ended = run("import os\nprint('partial')\nos.kill(os.getpid(), 9)")
    assert (ended.status, ended.stdout) == (-9, "partial\n")


def test_output_that_cannot_be_written() -> None:
    ended = run("import os, sys\nos.close(1)\nsys.stdout.write('a')\n5")
    assert (ended.status, ended.report) == (120, b"R5")
    assert "OSError: [Errno 9] Bad file descriptor" in ended.stderr


def test_a_threads_traceback_has_its_lines_and_no_library() -> None:
    ended = run("import threading\ndef f():\n    1 / 0\nt = threading.Thread(target=f)\nt.start()\nt.join()\n5")
    assert ended.report == b"R5"
    assert ended.stderr.startswith("Exception in thread Thread-1 (f):\nTraceback (most recent call last):\n")
    assert "    1 / 0\n" in ended.stderr
    assert "threading.py" not in ended.stderr


def test_what_it_finds() -> None:
    source = "import sys, os\n[sys.argv, sys.orig_argv[1:], __file__, sys.path[0] == os.getcwd(), sys.stdin is sys.__stdin__]"
    assert result_of(source) == '[["<code>"], ["<code>"], "<code>", true, true]'
    assert result_of("sorted(globals())") == (
        '["__annotations__", "__builtins__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__"]'
    )
    assert result_of("import sys\n[s.seekable() for s in (sys.stdout, sys.stderr)]") == "[false, false]"


def test_a_byte_order_mark_is_no_part_of_the_program() -> None:
    ended = run("\ufeffprint('a')\n1 / 0")
    assert ended.stdout == "a\n"
    assert "    1 / 0\n" in ended.stderr
    assert result_of("\ufeff'a'") == '"a"'
    assert "U+FEFF" in run("\ufeff\ufeff5").stderr


def test_nothing_of_the_rehearsals_is_left() -> None:
    assert result_of("import sys\n[n for n in dir(sys) if n.startswith('last_')]") == "[]"
    assert (
        result_of("import linecache\nlinecache.getlines('<code>')[1:]") == "[\"linecache.getlines('<code>')[1:]\\n\"]"
    )
    assert result_of("import gc\ngc.get_referrers(__import__('__main__').__dict__) and 5") == "5"


def test_random_numbers_are_each_programs_own() -> None:
    assert len({result_of("import random\nrandom.random()") for _ in range(4)}) == 4
    assert len({result_of("import uuid, tempfile\n[uuid.uuid4().hex, tempfile.mktemp()]") for _ in range(4)}) == 4


def test_numpys_global_generator_is_reseeded() -> None:
    pytest.importorskip("numpy")
    child = (
        "import os, numpy, forkserver.stage\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0:\n"
        "        forkserver.stage.reseed()\n"
        "        print(numpy.random.random(), flush=True)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    output = subprocess.run([sys.executable, "-c", child], env=environment, capture_output=True, text=True, check=True)
    assert len(set(output.stdout.split())) == 2
