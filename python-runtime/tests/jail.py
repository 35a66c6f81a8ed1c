"""Starts real jails as the service does, and talks to their fork servers from outside."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from forkserver import frames
from forkserver.frames import Cause

_TESTS = Path(__file__).resolve().parent
_NODE = _TESTS.parent.parent / "node_modules" / ".bin" / "node"
#: Far above the ids that a service on the same machine gives its jails.
_HOST_UID = 600_000
#: When something of a test's has surely gone wrong.
PATIENCE_SECONDS = 30.0


@dataclass
class Run:
    """What the fork server told of one program."""

    stdout: bytes = b""
    stderr: bytes = b""
    result: bytes = b""
    cause: Cause | None = None
    wait_status: int = -1
    kinds: list[bytes] = field(default_factory=list)

    @property
    def value(self) -> Any:
        """What a program that must return hands back."""
        assert (self.cause, self.wait_status) == (Cause.NONE, 0), self
        assert self.result[:2] == b"AR", self
        return json.loads(self.result[2:])

    @property
    def exit_code(self) -> int:
        """As waitstatus_to_exitcode: a signal is negative."""
        return os.waitstatus_to_exitcode(self.wait_status)


class Jail:
    """One nsjail around one fork server."""

    def __init__(self, **changes: Any) -> None:
        self.control, control = socket.socketpair()
        self._programs, programs = socket.socketpair()
        self.control.settimeout(PATIENCE_SECONDS)
        with control, programs:
            self.nsjail = subprocess.Popen(
                _command(control_fd=control.fileno(), program_fd=programs.fileno(), **changes),
                pass_fds=(control.fileno(), programs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={"PATH": os.environ["PATH"]},
            )

    @property
    def server_pid(self) -> int:
        """The host's id of process 1 of the jail."""
        (pid,) = _children(self.nsjail.pid)
        return pid

    def processes(self) -> list[int]:
        """The host's ids of what the fork server has started."""
        return _children(self.server_pid)

    def await_ready(self) -> None:
        """Waits for the frame that says: a child waits for its program."""
        kind, payload = self.read_frame()
        assert (kind, payload) == (frames.READY, b"")

    def read_frame(self) -> tuple[bytes, bytes]:
        """The next frame of the server's."""
        kind, length = frames.FRAME_HEADER.unpack(self._read(frames.FRAME_HEADER.size))
        return kind, self._read(length)

    def order(self, kind: bytes, number: int = 0) -> None:
        """Sends an order."""
        self.control.sendall(frames.ORDER.pack(kind, number))

    def send_bytes(self, control: bytes, program: bytes) -> None:
        """Sends bytes of any kind on either socket; of a program what fits there, since nobody may be reading."""
        self.control.sendall(control)
        if program:
            with contextlib.suppress(BlockingIOError):
                self._programs.send(program, socket.MSG_DONTWAIT)

    def send_program(self, source: str) -> None:
        """Sends a program to the child that waits for one."""
        message = source.encode("utf-16-le", "surrogatepass")
        self._programs.sendall(len(message).to_bytes(4, "big") + message)

    def start(self, source: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Has the child that waits run a program."""
        self.await_ready()
        self.order(frames.START, int(seconds * 1000))
        self.send_program(source)

    def finish(self, seen: Callable[[Run], None] | None = None) -> Run:
        """Reads what a started program does, to its end. Calls `seen` after each frame."""
        run = Run()
        while run.cause is None:
            kind, payload = self.read_frame()
            run.kinds.append(kind)
            match kind:
                case frames.STDOUT:
                    run.stdout += payload
                case frames.STDERR:
                    run.stderr += payload
                case frames.RESULT:
                    run.result += payload
                case frames.EXITED:
                    cause, run.wait_status = frames.EXIT.unpack(payload)
                    run.cause = Cause(cause)
                case _:
                    raise AssertionError(f"unexpected frame {kind!r}")
            if seen is not None:
                seen(run)
        return run

    def run(self, source: str, seconds: float = PATIENCE_SECONDS) -> Run:
        """Runs one program to its end."""
        self.start(source, seconds)
        return self.finish()

    def close(self) -> str:
        """Lets the server go and waits until nsjail has gone too. Returns what was said on stderr."""
        self.control.close()
        self._programs.close()
        try:
            _, said = self.nsjail.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.nsjail.kill()
            self.nsjail.communicate()
            raise
        return said.decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            piece = self.control.recv(length - len(data))
            if not piece:
                raise EOFError("the fork server has gone")
            data += piece
        return bytes(data)


def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Waits until something holds that gives no event."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.01)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(control_fd: int, program_fd: int, **changes: Any) -> list[str]:
    *command, text = _service_command()
    settings = json.loads(text)
    passed = {str(settings["control_fd"]): str(control_fd), str(settings["program_fd"]): str(program_fd)}
    command = [passed[argument] if option == "--pass_fd" else argument for option, argument in pairwise(["", *command])]
    return [*command, json.dumps({**settings, "control_fd": control_fd, "program_fd": program_fd, **changes})]


@cache
def _service_command() -> list[str]:
    options = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", str(_TESTS / "jail_command.mjs"), str(_HOST_UID)]
    output = subprocess.check_output([str(_NODE), *options], timeout=PATIENCE_SECONDS)
    command: list[str] = json.loads(output)
    return command
