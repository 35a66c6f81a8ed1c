"""Runs one program from its source to its exit status."""

import mmap
import sys
from collections.abc import Callable
from os import getpid
from types import FunctionType
from typing import Any

from .ending import drop_globals, end_program, prepare_ending
from .failure import cause_of, format_failure
from .result import encode_result
from .source import compile_program
from .stage import muted, prepare_stage, reseed, set_stage, show_uncaught, write_error
from .top_level import RESULT_NAME

# First bytes of the message that a program ends with.
RETURNED = b"R"  # then the result as JSON
RAISED = b"E"  # then the traceback of what nothing caught
NO_MEMORY = b"M"  # the same, and it was for want of memory
NO_PROCESSES = b"P"  # the same, and it was for want of processes or threads
EXITED = b"X"  # then the text that sys.exit() was given

_CAUSES = {"program": RAISED, "memory": NO_MEMORY, "processes": NO_PROCESSES}

#: Given back when memory is short, so that there is some to say so. Never written to, it costs address space only.
_reserve = mmap.mmap(-1, 4 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

_frame = (lambda code, namespace: exec(code, namespace)).__code__  # noqa: PLW0108 - for its frame
#: `exec` in a frame that is called what Python calls the caller of `__main__`: a warning of the program's may name it.
_execute = FunctionType(
    _frame.replace(co_filename="sys", co_firstlineno=1)
    if sys.version_info < (3, 12)
    else _frame.replace(co_filename="<sys>", co_firstlineno=0),
    {"__name__": "sys"},
)

Report = Callable[[bytes], object]
#: The same, saying whether the message went out.
SafeReport = Callable[[bytes], bool]

#: Between them they take most of the ways through this package that programs take.
_REHEARSED = (
    'import sys\nprint("é", sys.version_info)\n[{"a": 1.5}, None]',
    "for n in range(3):\n    if n > 1:\n        return {n: {1}}",
    'def fail(divisor):\n    return "é" + 1 / divisor\ntry:\n    fail(0)\nexcept OSError:\n    pass',
)


def prepare() -> None:
    """Does once in the server, when all modules are imported, what each child would have to do."""
    prepare_stage()
    prepare_ending()
    # What a child does for the first time costs it the pages that caches and free lists are in.
    with muted():
        for source in _REHEARSED:
            reseed()
            _run(source, _only_here(len))
    drop_globals()


def run_program(source: str, report: Report) -> int:
    """
    Runs a program to its end, as `python file.py` would, in a process that does nothing else afterwards.

    Calls `report` at most once: not at all for a program that exits with a number, and never in a process that the
    program forked. Returns the exit status, for `os._exit`: not 0 when a result was lost because the program has closed
    the descriptor it goes to. Never raises for a fault of the program's.
    """
    try:
        reseed()
        status = _run(source.removeprefix("\ufeff"), _only_here(report))  # a byte order mark, as files may have it
        return end_program(status)
    except:  # noqa: E722 - such as a signal handler's; and a program can take even the name BaseException away
        return 1


def _only_here(report: Report) -> SafeReport:
    process = getpid()

    def report_here(message: bytes) -> bool:
        if getpid() == process:
            try:
                report(message)
            except OSError:  # the program has closed the service's descriptor
                return False
        return True

    return report_here


def _run(source: str, report: SafeReport) -> int:
    failure: BaseException | None = None
    try:
        namespace = set_stage(source)
        _execute(compile_program(source), namespace)
        message = RETURNED + encode_result(namespace.pop(RESULT_NAME, None))
    except BaseException as error:
        failure = error
    try:
        # Not while it is being handled: it would be the context of whatever else goes wrong.
        if isinstance(failure, SystemExit):
            return _exit(failure, report)
        if failure is not None:
            return _fail(failure, report)
    finally:
        del failure  # its traceback holds this frame
    if report(message) or message == RETURNED + b"null":  # which is what no report at all means, too
        return 0
    write_error("The result could not be handed back\n")
    return 1


def _exit(leaving: SystemExit, report: SafeReport | None) -> int:
    code: Any = leaving.code
    if code is None or issubclass(type(code), int):
        status = 0 if code is None else _status(int.__index__(code))  # whatever its class says of it
        if report and status == 0:
            report(RETURNED + b"null")
        return status
    try:
        text = str(code)
    except Exception:  # Python prints an empty line then
        text = ""
    if report:
        report(EXITED + text.encode("utf-8", "backslashreplace"))
    write_error(text + "\n")
    return 1


def _status(code: int) -> int:
    """As the operating system hands it on. A number that is none of C's is -1 to Python."""
    return (code if -(2**63) <= code < 2**63 else -1) & 0xFF


def _fail(error: BaseException, report: SafeReport) -> int:
    if isinstance(error, MemoryError):
        _reserve.close()
    try:
        text = format_failure(error)
    except Exception:  # out of memory still, or an exception that defends itself
        text = type(error).__name__
    report(_CAUSES[cause_of(error)] + text.encode("utf-8", "backslashreplace"))
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    hook = getattr(sys, "excepthook", show_uncaught)
    if hook is show_uncaught:
        write_error(text + "\n")
        return 1
    try:
        hook(type(error), error, error.__traceback__)
    except SystemExit as leaving:
        return _exit(leaving, None)
    except BaseException as failure:
        write_error(f"Error in sys.excepthook:\n{format_failure(failure)}\n\nOriginal exception was:\n{text}\n")
    return 1
