"""What a program finds when it starts: its module, its streams, and hooks that show its source lines."""

import builtins
import io
import linecache
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .failure import format_failure, print_exception
from .main_module import MainModule
from .source import FILENAME, source_lines

if TYPE_CHECKING:
    from sys import UnraisableHookArgs


def prepare_stage() -> None:
    """What of the stage is the same for all programs. The server sets it before its first fork."""
    # A stream that is dropped writes what it holds, and the program's output would get it.
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()  # a stream remembers whether its descriptor can seek
    with _redirected(reader, writer, writer):
        # UTF-8 and error handlers as in `python -X utf8`.
        sys.stdin = sys.__stdin__ = _open_stdin()  # type: ignore[misc]
        sys.stdout = sys.__stdout__ = _open_output(1, "<stdout>", "surrogateescape")  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = _open_output(2, "<stderr>", "backslashreplace")  # type: ignore[misc]
    sys.excepthook = sys.__excepthook__ = show_uncaught
    sys.unraisablehook = sys.__unraisablehook__ = show_unraisable
    threading.excepthook = threading.__excepthook__ = _show_uncaught_in_thread
    # The one it holds is the server's. To set it in each child would cost ten pages.
    type(threading.main_thread()).native_id = property(lambda _: os.getpid())  # type: ignore[assignment, method-assign]
    sys.argv = [FILENAME]
    sys.orig_argv = [sys.executable, FILENAME]


def set_stage(source: str) -> dict[str, object]:
    """Makes this process look as if `python` had just been started on the program. Returns the globals to run it in."""
    # With no modification time, checkcache() leaves the entry alone.
    linecache.cache[FILENAME] = (len(source), None, source_lines(source), FILENAME)
    main = MainModule("__main__")
    main.source = source
    # __file__, though there is no such file: inspect needs it for a class's source, and `Path(__file__).parent` is
    # then the working directory.
    main.__dict__.update(__builtins__=builtins, __file__=FILENAME, __annotations__={})
    sys.modules["__main__"] = main
    if "__mp_main__" in sys.modules:  # multiprocessing's other name for it, when it was imported in the server
        sys.modules["__mp_main__"] = main
    return main.__dict__


@contextmanager
def muted() -> Iterator[None]:
    """Lets nothing be read from, or written to, the standard descriptors."""
    null = os.open(os.devnull, os.O_RDWR)
    with _redirected(null, null, null):
        yield


@contextmanager
def _redirected(*descriptors: int) -> Iterator[None]:
    """Puts other descriptors, which are closed at the end, in the place of 0, 1 and 2."""
    saved = [os.dup(descriptor) for descriptor in (0, 1, 2)]
    try:
        for descriptor, other in enumerate(descriptors):
            os.dup2(other, descriptor)
        yield
    finally:
        for descriptor, copy in enumerate(saved):
            os.dup2(copy, descriptor)
        for descriptor in {*saved, *descriptors}:
            os.close(descriptor)


def reseed() -> None:
    """Gives what a fork has copied of random state another. The server's fork runs no hook of its owners'."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed()
    random = sys.modules.get("numpy.random")
    if random is not None:
        # A seed of any other form, or none, takes five times as long.
        random.seed(int.from_bytes(os.urandom(4), "big"))
    process = sys.modules.get("multiprocessing.process")
    if process is not None:
        process.current_process().authkey = os.urandom(32)


def _open_stdin() -> io.TextIOWrapper:
    raw = io.FileIO(0, "r", closefd=False)
    raw.name = "<stdin>"
    stream = io.TextIOWrapper(io.BufferedReader(raw), "utf-8", "surrogateescape", "\n")
    stream.mode = "r"  # type: ignore[misc]
    return stream


def _open_output(descriptor: int, name: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    # By lines even into a pipe: what a program has printed is known when it is killed, and while it runs.
    stream = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, "\n", line_buffering=True)
    stream.mode = "w"  # type: ignore[misc]
    return stream


def write_error(text: str) -> None:
    """Writes to the program's stderr, whatever that is now; in vain if it is closed."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except Exception:  # Python is as silent
        pass


# Python's own hooks, written in C, look for a source line in a file and so do not find the program's.


def show_uncaught(kind: Any, error: Any, trace: Any) -> None:
    """sys.excepthook."""
    if not isinstance(error, BaseException):
        print_exception(kind, error, trace)  # which knows what to say of that
        return
    write_error(format_failure(error) + "\n")


def show_unraisable(unraisable: "UnraisableHookArgs") -> None:
    """sys.unraisablehook: an exception in `__del__`, in a callback, at exit."""
    if not hasattr(unraisable, "exc_value"):
        raise TypeError("sys.unraisablehook argument type must be UnraisableHookArgs")
    text = unraisable.err_msg or "Exception ignored in"
    text += ":" if unraisable.object is None else f": {unraisable.object!r}"
    if unraisable.exc_value is not None:
        text += "\n" + format_failure(unraisable.exc_value)
    write_error(text + "\n")


def _show_uncaught_in_thread(failure: "threading.ExceptHookArgs") -> None:
    if failure.exc_type is SystemExit or failure.exc_value is None:
        return
    name = threading.get_ident() if failure.thread is None else failure.thread.name
    write_error(f"Exception in thread {name}:\n{format_failure(failure.exc_value)}\n")
