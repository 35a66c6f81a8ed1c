"""Tracebacks with the caller's frames only, and what a failure is put down to."""

# Programs are told apart more easily when each has a line.
# ruff: noqa: ISC004

import os
import sys
import time

import pytest
from in_child import failure_of, run

from forkserver.failure import cause_of, format_failure


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = 1\nx / 0", ['Traceback (most recent call last):', '  File "<code>", line 2, in <module>', "    x / 0",
                          "ZeroDivisionError: division by zero"]),
        ("import json\njson.loads('{')",
         ['Traceback (most recent call last):', '  File "<code>", line 2, in <module>', "    json.loads('{')",
          "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"]),
        ("import nothing_here", ['Traceback (most recent call last):', '  File "<code>", line 1, in <module>',
                                 "    import nothing_here", "ModuleNotFoundError: No module named 'nothing_here'"]),
        ("x = = 1", ['  File "<code>", line 1', "    x = = 1", "        ^", "SyntaxError: invalid syntax"]),
        ("exec('1 / 0')", ['Traceback (most recent call last):', '  File "<code>", line 1, in <module>',
                           "    exec('1 / 0')", '  File "<string>", line 1, in <module>',
                           "ZeroDivisionError: division by zero"]),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('é') from None",
         ['Traceback (most recent call last):', '  File "<code>", line 4, in <module>',
          "    raise ValueError('é') from None", "ValueError: é"]),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('b') from e",
         ['Traceback (most recent call last):', '  File "<code>", line 2, in <module>', "    1 / 0",
          "ZeroDivisionError: division by zero", "",
          "The above exception was the direct cause of the following exception:", "",
          'Traceback (most recent call last):', '  File "<code>", line 4, in <module>',
          "    raise ValueError('b') from e", "ValueError: b"]),
        ("e = ValueError('n')\ne.add_note('a note')\nraise e",
         ['Traceback (most recent call last):', '  File "<code>", line 3, in <module>', "    raise e",
          "ValueError: n", "a note"]),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E",
         ['Traceback (most recent call last):', '  File "<code>", line 3, in <module>', "    raise E",
          "E: <exception str() failed>"]),
        ("raise KeyboardInterrupt", ['Traceback (most recent call last):', '  File "<code>", line 1, in <module>',
                                     "    raise KeyboardInterrupt", "KeyboardInterrupt"]),
    ],
)  # fmt: skip
def test_a_traceback(source: str, lines: list[str]) -> None:
    ended = run(source)
    text = ended.report[1:].decode()
    assert ended.stderr == text + "\n"
    carets = [line for line in text.split("\n") if not line.strip() or line.strip(" ~^") or "SyntaxError" in text]
    # The class's module is shown as Python shows __main__'s: not at all.
    assert [line.removeprefix("__main__.") for line in carets] == lines


def test_an_exception_group() -> None:
    text = failure_of(
        "import json\ntry:\n    json.loads('{')\nexcept ValueError as e:\n    raise ExceptionGroup('g', [e])"
    )
    assert text.count('File "<code>"') == 3
    assert "decoder.py" not in text


def test_a_file_of_the_callers_is_shown() -> None:
    source = "open('mine.py', 'w').write('def f():\\n    return 1 / 0\\n')\nimport mine\nmine.f()"
    text = failure_of(source)
    assert 'mine.py", line 2, in f\n    return 1 / 0\n' in text


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("<mine>", True),
        ("/tmp/mine.py", True),
        ("pandas/_libs/index.pyx", False),  # compiled extensions have relative names
        ("<frozen importlib._bootstrap>", False),
        ("<__array_function__ internals>", False),
        ("/opt/lib/python3/site-packages/x.py", False),
    ],
)
def test_whose_frames_are_shown(filename: str, shown: bool) -> None:
    text = failure_of(f"exec(compile('def f(): 1 / 0', {filename!r}, 'exec'))\nf()")
    assert (f'File "{filename}", line 1, in f' in text) == shown
    assert text.count("File ") == 1 + shown


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("colour = 1\ncolou", "NameError: name 'colou' is not defined. Did you mean: 'colour'?"),
        ('{"a": true}', "NameError: name 'true' is not defined. Did you mean: 'True'?"),
        ("def f(value):\n    return valeu\nf(1)", "NameError: name 'valeu' is not defined. Did you mean: 'value'?"),
        ("[].apend(1)", "AttributeError: 'list' object has no attribute 'apend'. Did you mean: 'append'?"),
        ("''.nothing_like_it", "AttributeError: 'str' object has no attribute 'nothing_like_it'"),
        ("raise NameError('two\\nlines')", "NameError: two\nlines"),
        (
            "import sys\ncolour = 1\ndel sys.stderr\ncolou",
            "NameError: name 'colou' is not defined"
            + (". Did you mean: 'colour'?" if sys.version_info >= (3, 12) else ""),
        ),
    ],
)
def test_a_name_that_is_nearly_right(source: str, hint: str) -> None:
    assert failure_of(source).endswith("\n" + hint)


def test_a_hint_for_each_of_a_chain_or_group() -> None:
    chain = failure_of("colour = 1\ntry:\n    colou\nexcept NameError:\n    [].apend(1)")
    assert "'colou' is not defined. Did you mean: 'colour'?\n" in chain
    assert chain.endswith("has no attribute 'apend'. Did you mean: 'append'?")
    group = failure_of(
        "colour = 1\ntry:\n    colou\nexcept NameError as error:\n    raise ExceptionGroup('g', [error])"
    )
    assert group.count("Did you mean: 'colour'?") == 2


def test_a_hint_does_not_disturb_the_programs_stderr() -> None:
    ended = run("import sys\nprint('before', file=sys.stderr)\ncolour = 1\ncolou")
    assert ended.stderr.count("Did you mean") == 1
    assert ended.stderr.startswith("before\nTraceback")


def test_chains_that_close_on_themselves() -> None:
    assert failure_of("a, b = ValueError('a'), ValueError('b')\na.__context__, b.__context__ = b, a\nraise a").endswith(
        "ValueError: a"
    )


def test_deep_recursion_is_quick() -> None:
    started = time.monotonic()
    text = failure_of("def f(): f()\nf()")
    assert "[Previous line repeated 9" in text
    assert text.endswith("RecursionError: maximum recursion depth exceeded")
    deep = failure_of("import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return f(n - 1) if n else 1 / 0\nf(200000)")
    assert deep.endswith("ZeroDivisionError: division by zero")
    assert time.monotonic() - started < 20


def test_the_lines_survive_a_cleared_cache_check() -> None:
    assert "    1 / 0\n" in failure_of("import linecache\nlinecache.checkcache()\n1 / 0")


def test_without_a_traceback_the_last_lines_are_all() -> None:
    assert format_failure(ValueError("x")) == "ValueError: x"
    assert cause_of(ValueError("x")) == "program"


LIMIT = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\n"
#: Root has no such limit, and another user may not be able to read Python's library.
FEW_PROCESSES = """import multiprocessing.popen_fork, os, random, resource, subprocess, threading, time
os.chmod(".", 0o777)
os.setresuid(54321, 54321, 54321)
resource.setrlimit(resource.RLIMIT_NPROC, (20, 20))
started = []
"""


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (LIMIT + "bytearray(1 << 40)", b"M"),
        (LIMIT + "x = []\nwhile True: x.append(bytearray(1 << 20))", b"M"),
        (LIMIT + "x = []\nwhile True: x.append([0] * 8)", b"M"),
        (LIMIT + "def f():\n    try:\n        bytearray(1 << 40)\n    except MemoryError:\n        raise\nf()", b"M"),
        ("import mmap\nmmap.mmap(-1, 1 << 60)", b"M"),
        ("raise MemoryError", b"E"),
        ("def f(): raise MemoryError('mine')\nf()", b"E"),
        ("import os\nr, w = os.pipe()\nos.set_blocking(r, False)\nos.read(r, 1)", b"E"),
        ("raise BlockingIOError(11, 'fork')", b"E"),
        ('raise RuntimeError("can\'t start new thread")', b"E"),
    ],
)
def test_what_a_failure_is_put_down_to(source: str, kind: bytes) -> None:
    ended = run(source)
    assert (ended.status, ended.report[:1]) == (1, kind), ended


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes a user of no other processes")
@pytest.mark.parametrize(
    "source",
    [
        "while os.fork(): pass\nos._exit(0)",
        "while True: started.append(subprocess.Popen(['sleep', '1']))",
        "while True: threading.Thread(target=time.sleep, args=(1,), daemon=True).start()",
        "while True:\n    started.append(multiprocessing.Process(target=time.sleep, args=(1,), daemon=True))\n"
        "    started[-1].start()",
    ],
)
def test_too_many_processes(source: str) -> None:
    ended = run(FEW_PROCESSES + source)
    assert (ended.status, ended.report[:1]) == (1, b"P"), ended
