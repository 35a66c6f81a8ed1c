"""A child of the fork server: gives up all that the server has, waits for its program and runs it."""

import os
import struct
import traceback
from collections.abc import Callable, Sequence
from os import _exit, write
from typing import NoReturn

from . import linux
from .program import run_program
from .settings import Settings

#: First byte on the result pipe, sent before any code of the program has run: it has been read whole.
ACCEPTED = b"A"
#: Bytes on the result pipe before a result: that one, and the kind of the program's message.
RESULT_OVERHEAD = 2
#: Exit status of a child that failed before its program (EX_SOFTWARE of sysexits.h).
FAILED = 70
_LENGTH = struct.Struct("!I")
_TMP_FILES = 16_384


def run_child(settings: Settings, writers: Sequence[int], readers: Sequence[int]) -> NoReturn:
    """
    The whole life of a forked child, from the server's powers to `_exit`.

    `writers` are its ends of the pipes for stdout, stderr and the result; `readers` the server's, to be closed.
    """
    stdout, stderr, result = writers
    status = FAILED
    try:
        try:
            _give_up_powers(settings)
            source = _receive(settings.program_fd)
        except BaseException:
            traceback.print_exc()  # to the server's own stderr: the service logs it
            raise
        # Its own, not the server's: flags and locks belong to the open file and would reach the next job.
        stdin = os.open("/dev/null", os.O_RDONLY)
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        for descriptor in (stdin, stdout, stderr, settings.control_fd, settings.program_fd, *readers):
            os.close(descriptor)
        os.write(result, ACCEPTED)
        status = run_program(source, _reporter(result))
    finally:
        # _exit and not exit: the server's own clean-up must never run in a copy of it.
        _exit(status)


def prepare_child() -> None:
    """Does once in the server what each child would have to do before its program."""
    reader, writer = os.pipe()
    os.write(writer, _LENGTH.pack(2) + "x".encode("utf-16-le"))  # the codec is a module that is imported
    _receive(reader)
    os.close(reader)
    os.close(writer)


def _give_up_powers(settings: Settings) -> None:
    os.setsid()
    linux.unshare(linux.CLONE_NEWNS)
    owner = settings.job_uid
    options = f"size={settings.tmp_bytes},nr_inodes={_TMP_FILES},mode=0700,uid={owner},gid={owner}".encode()
    linux.mount_tmpfs(b"/tmp", options)
    linux.mount_tmpfs(b"/dev/shm", options)
    # Before the uid changes: afterwards the file is root's. The kernel then takes the job and spares the server.
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(score, b"1000")
    os.close(score)
    linux.make_read_only(b"/proc")  # or a program could take its score back
    os.setresgid(owner, owner, owner)
    os.setresuid(owner, owner, owner)  # the last capability goes here: capabilities(7), "effect of user ID changes"
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root, and /dev/stdout cannot be opened
    # An old date, so that an importer that looked at /tmp notices the first module written there.
    os.utime("/tmp", (0, 0))
    os.chdir("/tmp")


def _receive(descriptor: int) -> str:
    """Waits for a program: four bytes length, then UTF-16 (which alone carries a lone surrogate, as JSON may)."""
    (length,) = _LENGTH.unpack(_receive_exactly(descriptor, _LENGTH.size))
    return _receive_exactly(descriptor, length).decode("utf-16-le", "surrogatepass")


def _receive_exactly(descriptor: int, length: int) -> bytes:
    received = bytearray(length)
    view, position = memoryview(received), 0
    while position < length:
        count = os.readv(descriptor, [view[position:]])
        if count == 0:  # the service has gone, and nobody waits for this child any more
            os._exit(0)
        position += count
    return bytes(received)


def _reporter(descriptor: int) -> Callable[[bytes], None]:
    def report(message: bytes) -> None:
        position = 0
        while position < len(message):
            position += write(descriptor, message[position : position + 65536])

    return report
