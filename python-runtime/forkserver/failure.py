"""Describes what a program failed of: Python's own traceback, less all frames that are not the caller's."""

import errno
import os
import re
import sys
from contextlib import redirect_stderr
from io import StringIO
from opcode import opmap
from traceback import TracebackException
from types import CodeType, TracebackType
from typing import Literal

from . import source

#: Written in C, and replaced for programs: it looks for source lines in files.
print_exception = sys.__excepthook__
#: What an exception is put down to: the program, too little memory, or too few processes (or threads).
Cause = Literal["program", "memory", "processes"]

#: The innermost frames of an exception that a traceback shows; a program may raise its recursion limit.
_MOST_FRAMES = 2_000
#: How names of frames begin that are the caller's: generated code (`<code>`, `<string>`, …) and what the program wrote.
_CALLERS = ("<", "/tmp/")
#: And how those do that are not: the interpreter's, numpy's and, wherever they lie, this package's and Python's own.
_FOREIGN = (
    "<frozen ",
    "<sys>",
    "<__array_function__",
    *(folder + os.sep for folder in (os.path.dirname(__file__), sys.prefix, sys.base_prefix)),
)
_FORKS = frozenset({"fork", "forkpty", "fork_exec", "_fork_exec", "posix_spawn", "posix_spawnp"})
_NO_THREAD = "can't start new thread"


def format_failure(error: BaseException) -> str:
    """
    Python's own traceback of an exception and of those it is chained to or groups, with the caller's frames only.

    Without any such frame it is the last lines alone, as Python has it for a syntax error. No newline at the end.
    """
    trace = TracebackException(
        type(error), error, error.__traceback__, limit=-_MOST_FRAMES, lookup_lines=False, compact=True
    )
    pending, parts = [trace], list[TracebackException]()
    while pending:
        part = pending.pop()
        part.stack[:] = [frame for frame in part.stack if _is_callers(frame.filename)]
        pending += [linked for linked in (part.__cause__, part.__context__) if linked is not None]
        pending += part.exceptions or ()
        parts.append(part)
    if sys.version_info < (3, 12):
        _add_hints(parts, error)
    return "".join(trace.format()).removesuffix("\n")


def _is_callers(filename: str) -> bool:
    return filename.startswith(_CALLERS) and not filename.startswith(_FOREIGN)


def _add_hints(parts: list[TracebackException], error: BaseException) -> None:
    """Gives names that were not found the "Did you mean" that until 3.12 only the interpreter's own hook computes."""
    wanting = [part for part in parts if issubclass(part.exc_type, NameError | AttributeError)]
    if not wanting:
        return
    try:
        with redirect_stderr(StringIO()) as printed:
            print_exception(type(error), error, error.__traceback__)
    except Exception:  # the program has deleted sys.stderr
        return
    for part in wanting:
        hint = re.search(re.escape(str(part)) + r"(\. Did you mean: '.*'\?)$", printed.getvalue(), re.MULTILINE)
        if hint:
            part._str += hint[1]  # type: ignore[attr-defined]


def cause_of(error: BaseException) -> Cause:
    """What an exception that nothing caught is put down to. One that the program raised by `raise` is its own."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is None:  # there was no memory left for a traceback
        return "memory" if isinstance(error, MemoryError) else "program"
    if _is_raised_by_caller(innermost):
        return "program"
    code = innermost.tb_frame.f_code
    if isinstance(error, MemoryError):
        # The parser's word for too many nested brackets is MemoryError too.
        return "program" if code.co_filename == source.__file__ else "memory"
    if isinstance(error, OSError):
        if error.errno == errno.ENOMEM:
            return "memory"
        # EAGAIN is what a pipe says that is not ready, too.
        return "processes" if error.errno == errno.EAGAIN and _forks(code) else "program"
    return "processes" if type(error) is RuntimeError and str(error) == _NO_THREAD else "program"


def _is_raised_by_caller(innermost: TracebackType) -> bool:
    code = innermost.tb_frame.f_code
    return _is_callers(code.co_filename) and code.co_code[innermost.tb_lasti] == opmap["RAISE_VARARGS"]


def _forks(code: CodeType) -> bool:
    return not _FORKS.isdisjoint(code.co_names)
