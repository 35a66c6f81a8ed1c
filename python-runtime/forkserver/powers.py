"""What the server gives up, for itself and all that it forks, before the first program comes."""

import os
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import linux, seccomp
from .settings import Settings

#: What it keeps, in its own user namespace alone, and each child loses with its uid.
_CAPABILITIES = (
    linux.CAP_CHOWN,  # of the pipes that a program may open anew
    linux.CAP_KILL,  # of what a program has left
    linux.CAP_SETGID,
    linux.CAP_SETUID,
    linux.CAP_SYS_ADMIN,  # a mount namespace for each child
)
#: Limits of the user namespace and of the jail's own IPC namespace (namespaces(7), sysvipc(7), mq_overview(7)). The
#: system call filter stands before them.
_CLOSED = {
    **{f"user/max_{kind}_namespaces": "0" for kind in ("user", "net", "pid", "uts", "ipc", "cgroup", "time")},
    **{f"user/max_{kind}": "0" for kind in ("inotify_instances", "fanotify_groups")},
    "kernel/shmmni": "0",
    "kernel/msgmni": "0",
    "kernel/sem": "0 0 0 0",
    "fs/mqueue/queues_max": "0",
}
_OPEN_FILES = 1024
_LOCKED_BYTES = 64 * 1024
_PENDING_SIGNALS = 1024


@dataclass(frozen=True)
class KernelFiles:
    """Files of a whole /proc, open in the server alone; None where there is none to be had."""

    locks: int | None = None
    """/proc/locks: the jail's file locks."""
    last_pid: int | None = None
    """/proc/sys/kernel/ns_last_pid: the next process gets the number after."""


def give_up_powers(settings: Settings) -> KernelFiles:
    """From here on the server can do what its children need, and its children what programs need."""
    linux.unshare(linux.CLONE_NEWCGROUP)  # whose root is the jail's group: the one it was born in names the host's
    files = _close_namespaces()
    _limit_resources(settings)
    linux.keep_capabilities(_CAPABILITIES)
    seccomp.load()
    return files


def _close_namespaces() -> KernelFiles:
    """Writes to /proc/sys, for which a whole /proc stands here for a moment: the jail's shows processes only."""
    where = Path("/tmp")  # each child mounts its own there
    try:
        linux.mount(b"proc", bytes(where), b"proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    except OSError as error:  # in a container that hides parts of its own
        print("namespaces are closed by the system call filter alone:", error, file=sys.stderr)
        return KernelFiles()
    try:
        for name, value in _CLOSED.items():
            with suppress(OSError):  # not of this kernel, or not of this namespace's
                (where / "sys" / name).write_text(value)
        return KernelFiles(
            locks=_open(where / "locks", os.O_RDONLY),
            last_pid=_open(where / "sys/kernel/ns_last_pid", os.O_WRONLY),
        )
    finally:
        linux.unmount(bytes(where))


def _open(path: Path, flags: int) -> int | None:
    try:
        return os.open(path, flags)
    except FileNotFoundError:  # a kernel built without it
        return None


def _limit_resources(settings: Settings) -> None:
    """Sets the limits of setrlimit(2). They stand under the cgroup's."""
    # With 0, a handler of core files would be started outside the jail; with 1 none is (do_coredump() in the kernel's
    # fs/coredump.c).
    with suppress(ValueError):  # it is 0 for the whole machine, and cannot be raised
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    for kind, value in (
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, settings.tmp_bytes),
        (resource.RLIMIT_NPROC, settings.processes),
        (resource.RLIMIT_DATA, settings.data_bytes),
        (resource.RLIMIT_MEMLOCK, _LOCKED_BYTES),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, _PENDING_SIGNALS),
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_NICE, 0),
    ):
        resource.setrlimit(kind, (value, value))
