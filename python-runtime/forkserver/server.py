"""
The fork server: process 1 of a jail.

It forks the next child ahead, relays what the child writes as frames and, when the job is over, leaves nothing of it.
It is the same process from job to job and each child is a copy of it, so it never holds job data: a program goes
past it, and output passes through one buffer that no child inherits.
"""

import errno
import fcntl
import gc
import mmap
import os
import re
import select
import signal
import socket
import time
from dataclasses import dataclass

from . import frames, linux
from .child import RESULT_OVERHEAD, prepare_child, run_child
from .frames import Cause
from .powers import KernelFiles, give_up_powers
from .program import prepare
from .settings import Settings

_BUFFER_BYTES = 256 * 1024
_PIPE_BYTES = 1024 * 1024
#: How long output may lie in its pipe before it is relayed. Most jobs are over by then: they cost one wake-up.
_GATHER_SECONDS = 0.005
#: How often orphans that ended are reaped while a job runs (dead processes count against its limit), and locks counted.
_REAP_SECONDS = 1.0
_MOST_LOCKS = 5000
#: In /proc/locks: shown to every jail, and of no process in any (locks_translate_pid() in the kernel's fs/locks.c).
_FOREIGN_LOCK = re.compile(rb" -\d")
#: How long the kernel may take to collect a job's sockets; it takes a millisecond.
_COLLECT_SECONDS = 1.0


@dataclass
class _Stream:
    kind: bytes
    descriptor: int
    relayed: int = 0


@dataclass
class _Job:
    """A forked child and what is known of its run."""

    pid: int
    exit_descriptor: int
    streams: list[_Stream]
    open_streams: list[_Stream]
    deadline: float = float("inf")
    cause: Cause = Cause.NONE
    wait_status: int | None = None


class Relay:
    """Gathers frames in a buffer of its own and sends them. A forked child finds zeros where the buffer was."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._buffer = mmap.mmap(-1, _BUFFER_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._buffer.madvise(linux.MADV_WIPEONFORK)
        self._view = memoryview(self._buffer)
        self._used = 0

    def read_from(self, stream: _Stream, limit: int) -> int:
        """Takes at most `limit` bytes from a stream as one frame; 0 at its end. @raises BlockingIOError: none there."""
        start = self._used + frames.FRAME_HEADER.size
        if _BUFFER_BYTES - start < _BUFFER_BYTES // 4:
            self.flush()
            start = frames.FRAME_HEADER.size
        count = os.readv(stream.descriptor, [self._view[start : min(_BUFFER_BYTES, start + limit)]])
        if count > 0:
            frames.FRAME_HEADER.pack_into(self._view, self._used, stream.kind, count)
            self._used = start + count
        return count

    def put(self, frame: bytes) -> None:
        """Adds a frame of the server's own."""
        if self._used + len(frame) > _BUFFER_BYTES:
            self.flush()
        self._view[self._used : self._used + len(frame)] = frame
        self._used += len(frame)

    def flush(self) -> None:
        """Sends all that has been gathered. Blocks while the service is not reading."""
        if self._used:
            self._control.sendall(self._view[: self._used])
            self._used = 0


class Server:
    """Runs one job after the other until the service closes the control socket."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._control = socket.socket(fileno=settings.control_fd)
        self._relay = Relay(self._control)
        self._unix_sockets = os.open("/proc/self/net/unix", os.O_RDONLY)
        self._kernel = KernelFiles()
        #: What no child keeps, beside the two sockets.
        self._own_files = [self._unix_sockets]

    def serve(self) -> None:
        """Returns when the service has gone. @raises RuntimeError: a child failed before its program."""
        self._kernel = give_up_powers(self._settings)
        self._own_files += [file for file in (self._kernel.locks, self._kernel.last_pid) if file is not None]
        prepare()
        prepare_child()
        gc.collect()
        linux.give_back_free_memory()
        gc.freeze()  # a collection in a child would write to every page it shares with the server
        job = self._fork()
        while self._await_start(job):
            self._run(job)
            self._finish(job)
            job = self._fork()
        _end_all()

    def _fork(self) -> _Job:
        pipes = [os.pipe() for _ in range(3)]
        for reader, _ in pipes:
            os.set_blocking(reader, False)
        for _, writer in pipes[:2]:  # lets a job open /dev/stdout; the result's it could read back
            os.fchown(writer, self._settings.job_uid, self._settings.job_uid)
        _widen(pipes[0][0])
        readers = tuple(reader for reader, _ in pipes)
        writers = tuple(writer for _, writer in pipes)
        if self._kernel.last_pid is not None:
            os.pwrite(self._kernel.last_pid, b"1", 0)  # its number would tell how many processes there were before it
        pid = linux.fork()
        if pid == 0:
            run_child(self._settings, writers, (*readers, *self._own_files))
        for writer in writers:
            os.close(writer)
        kinds = (frames.STDOUT, frames.STDERR, frames.RESULT)
        streams = [_Stream(kind, reader) for kind, reader in zip(kinds, readers, strict=True)]
        streams[2].relayed = -RESULT_OVERHEAD  # the limit is for the result itself
        self._relay.put(frames.encode(frames.READY, b""))
        self._relay.flush()
        return _Job(pid, os.pidfd_open(pid), streams, list(streams))

    def _await_start(self, job: _Job) -> bool:
        """Waits for the order to start. False when there will be none."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(job.exit_descriptor, select.POLLIN)
        while True:
            ended = any(descriptor == job.exit_descriptor for descriptor, _ in poll.poll())
            try:
                # The order is sent before the program: a child that has had its program has its order waiting here.
                order = self._receive_order(socket.MSG_DONTWAIT if ended else 0)
            except BlockingIOError:
                raise RuntimeError("a child ended before it had a program") from None
            if order is None:
                return False
            kind, milliseconds = order
            if kind == frames.START:  # a CANCEL here came too late for its job
                job.deadline = time.monotonic() + milliseconds / 1000
                return True

    def _receive_order(self, flags: int = 0) -> tuple[bytes, int] | None:
        order = self._control.recv(frames.ORDER.size, socket.MSG_WAITALL | flags)
        return frames.decode_order(order) if len(order) == frames.ORDER.size else None

    def _run(self, job: _Job) -> None:
        """Relays output until the job's first process is dead or must die."""
        now = time.monotonic()
        gather_until, reap_at = now + _GATHER_SECONDS, now + _REAP_SECONDS
        while job.cause is Cause.NONE:
            now = time.monotonic()
            if now >= reap_at:
                _reap(job)
                if self._has_too_many_locks():
                    job.cause = Cause.MEMORY
                    return
                reap_at = now + _REAP_SECONDS
            gathering = now < gather_until
            watched = [] if gathering else job.open_streams
            ready = self._wait(job, watched, min(job.deadline, gather_until if gathering else reap_at) - now)
            if job.exit_descriptor in ready:
                return
            if self._control.fileno() in ready and self._cancelled():
                job.cause = Cause.CANCEL
            elif time.monotonic() >= job.deadline:
                job.cause = Cause.DEADLINE
            elif ready:
                if not self._relay_output(job):
                    gather_until = time.monotonic() + _GATHER_SECONDS
                self._relay.flush()

    def _wait(self, job: _Job, watched: list[_Stream], seconds: float) -> set[int]:
        poll = select.poll()
        poll.register(job.exit_descriptor, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        for stream in watched:
            poll.register(stream.descriptor, select.POLLIN)
        return {descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)}

    def _cancelled(self) -> bool:
        order = self._receive_order()
        return order is None or order[0] == frames.CANCEL

    def _relay_output(self, job: _Job) -> bool:
        """Relays what lies in the pipes now. True when there was much, and more is to be expected at once."""
        much = False
        for stream in list(job.open_streams):
            while True:
                allowed = self._settings.output_bytes + 1 - stream.relayed
                if allowed <= 0:
                    if job.cause is Cause.NONE:
                        job.cause = Cause.OUTPUT
                    break
                try:
                    count = self._relay.read_from(stream, allowed)
                except BlockingIOError:
                    break
                if count == 0:
                    job.open_streams.remove(stream)
                    break
                stream.relayed += count
                much = much or count >= _BUFFER_BYTES // 4
        return much

    def _has_too_many_locks(self) -> bool:
        """File locks lie in memory that no cgroup counts, and nothing else limits them."""
        locks = position = 0
        while self._kernel.locks is not None and locks <= _MOST_LOCKS:
            table = os.pread(self._kernel.locks, 65536, position)
            if not table:
                return False
            locks += table.count(b"\n") - len(_FOREIGN_LOCK.findall(table))
            position += len(table)
        return locks > _MOST_LOCKS

    def _finish(self, job: _Job) -> None:
        """Ends all that the job left, tells the rest of it and closes what belonged to it."""
        if job.cause is Cause.NONE:
            _wait_first(job)
        _end_all(job)
        self._relay_output(job)
        assert job.wait_status is not None
        self._relay.put(frames.encode_exit(job.cause, job.wait_status))
        self._relay.flush()
        os.close(job.exit_descriptor)
        for stream in job.streams:
            os.close(stream.descriptor)
        self._collect_sockets()

    def _collect_sockets(self) -> None:
        """
        Waits until no unix socket of a job is left. One that lies in its own queue outlives its processes, with its
        name and all it holds, until the kernel collects it. @raises RuntimeError: it does not.
        """
        give_up = time.monotonic() + _COLLECT_SECONDS
        while os.pread(self._unix_sockets, 256, 0).count(b"\n") > 1:  # one line is the header
            if time.monotonic() > give_up:
                raise RuntimeError("a job's sockets outlived it")
            for end in socket.socketpair():  # unix(7) has no call for it: the close of any socket starts a collection
                end.close()
            time.sleep(0.0005)


def _wait_first(job: _Job) -> None:
    """Takes the wait status of a job's first process, which is known to be dead."""
    if job.wait_status is None:
        _, job.wait_status = os.waitpid(job.pid, 0)


def _reap(job: _Job) -> None:
    """Buries what has died in the jail so far."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid == job.pid:
            job.wait_status = status
            return


def _end_all(job: _Job | None = None) -> None:
    """Kills every other process of the jail and waits until there is none."""
    try:
        # All at once and before any is reaped: a fork bomb refills what is killed one by one.
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return
        if job is not None and pid == job.pid:
            job.wait_status = status


def _widen(pipe: int) -> None:
    """Lets a pipe hold what most programs write in all, so that they never wait for the server."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EBUSY):  # over /proc/sys/fs/pipe-*: the default size must do
            raise
