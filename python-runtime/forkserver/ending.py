"""Ends a program as the interpreter ends itself (Py_FinalizeEx), short of taking itself apart."""

import atexit
import gc
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TextIO

#: Exit status of a program whose last output could not be written.
UNFLUSHED = 120

#: How many of threading's handlers the server's own imports have set; without a thread they have nothing to do.
_server_handlers = 0


def prepare_ending() -> None:
    """Takes note of what the server has imported. To be called once all modules are there, before the first fork."""
    global _server_handlers
    _server_handlers = len(threading._threading_atexits)  # type: ignore[attr-defined]


def end_program(status: int) -> int:
    """
    Waits for the program's threads, calls its atexit handlers, drops its globals and flushes its output.

    Returns the status to exit with: the one given, or that of output that could not be written. Never raises an
    Exception; what its steps raise goes to sys.unraisablehook.
    """
    if len(sys._current_frames()) > 1 or len(threading._threading_atexits) > _server_handlers:  # type: ignore[attr-defined]
        _attempt(threading._shutdown, threading)  # type: ignore[attr-defined]
    _attempt(atexit._run_exitfuncs, None)
    flushed = _flush_output()
    # Where daemon threads run, Python stops them first. Here they would see the globals go.
    if len(sys._current_frames()) == 1:
        _attempt(drop_globals, None)
    flushed = _flush(sys.__stdout__) and _flush(sys.__stderr__) and flushed
    return status if flushed else UNFLUSHED


def drop_globals() -> None:
    """Lets go of `__main__`, so that its objects' `__del__` run and its files are written."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)
    sys.modules.pop("__main__", None)
    # Without a collection since the start, all that the program has made is in the youngest generation.
    gc.collect(2 if any(gc.get_count()[1:]) else 0)


def _flush_output() -> bool:
    """Flushes what the program has for stdout and stderr, saying so where it fails."""
    output: Any = getattr(sys, "stdout", None)
    flushed = _is_closed(output) or _attempt(lambda: output.flush(), output)  # noqa: PLW0108 - it may have no flush
    return _flush(getattr(sys, "stderr", None)) and flushed


def _flush(stream: TextIO | None) -> bool:
    try:
        if stream is not None and not _is_closed(stream):
            stream.flush()
    except BaseException:  # there is nowhere left to say it
        return False
    return True


def _is_closed(stream: object) -> bool:
    return stream is None or bool(getattr(stream, "closed", False))


def _attempt(step: Callable[[], object], about: object) -> bool:
    try:
        step()
    except BaseException as error:  # as in Python, the next step follows
        _report_ignored(error, about)
        return False
    return True


def _report_ignored(error: BaseException, about: object) -> None:
    try:
        sys.unraisablehook(
            SimpleNamespace(
                exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, err_msg=None, object=about
            )
        )
    except BaseException:  # the program's own hook
        pass
