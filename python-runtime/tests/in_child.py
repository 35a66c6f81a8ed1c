"""Runs programs in children of a server of the tests' own, which is as plain as the real one and free of pytest."""

import atexit
import gc
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from forkserver.program import prepare, run_program


@dataclass(frozen=True)
class Ended:
    """What is left of a program: how it exited (a signal is negative), what it reported and what it wrote."""

    status: int
    report: bytes
    stdout: str
    stderr: str


def run(source: str) -> Ended:
    """Runs a program to its end in an empty directory of its own under /tmp."""
    directory = Path(mkdtemp(dir="/tmp"))
    try:
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([str(directory), source]) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        stdout, stderr, report = ((directory / name).read_bytes() for name in (".stdout", ".stderr", ".report"))
        return Ended(
            status, report, stdout.decode("utf-8", "surrogateescape"), stderr.decode("utf-8", "surrogateescape")
        )
    finally:
        shutil.rmtree(directory)


def result_of(source: str) -> str:
    """The JSON text that a program which must return hands back."""
    ended = run(source)
    assert (ended.status, ended.report[:1]) == (0, b"R"), ended
    return ended.report[1:].decode()


def failure_of(source: str, kind: bytes = b"E") -> str:
    """The traceback of a program that must fail."""
    ended = run(source)
    assert (ended.status, ended.report[:1]) == (1, kind), ended
    return ended.report[1:].decode()


@cache
def _server() -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    atexit.register(server.communicate)  # closes its stdin and waits for it
    return server


def _serve() -> None:
    orders, answers = sys.stdin, sys.stdout
    prepare()
    gc.freeze()
    for line in orders:
        directory, source = json.loads(line)
        pid = os.fork()
        if pid == 0:
            status = 70
            try:
                status = _run_child(directory, source)
            finally:
                os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=answers, flush=True)


def _run_child(directory: str, source: str) -> int:
    os.chdir(directory)
    sys.path.insert(0, directory)
    output = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for descriptor, path, flags in ((0, "/dev/null", os.O_RDONLY), (1, ".stdout", output), (2, ".stderr", output)):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    report = os.open(".report", output, 0o600)
    return run_program(source, lambda message: os.write(report, message))


if __name__ == "__main__":
    _serve()
